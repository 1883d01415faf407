"""Many at once at one order, and kill -9 inside its steps: each step is taken once, and money and units agree afterwards."""

from typing import Any

import orjson
import pytest

from core.clock import queries as clock
from payments.cashier import queries as cashier
from payments.cashier.services import closing
from tests import processes
from tests.payments.cashier.world import BALANCE, approved, pay
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.orders.world import FEN, assert_whole, confirm_all, go_on, holding, ordered, paid, saver, units_of, wait_until
from wealth.catalog.models import Product
from wealth.issuers.queries import IssuerRequest
from wealth.orders import sweeps
from wealth.orders.models import WealthOrder
from wealth.orders.services import asking, ending, redeeming

pytestmark = pytest.mark.django_db(transaction=True)
BUY = 100_000


def killed(step: str, **facts: Any) -> None:
    processes.killed_at("there", "tests/wealth/orders/crash_process.py", step, orjson.dumps(facts).decode())


def test_calling_off_and_giving_to_the_issuer_at_the_same_moment_one_of_them_wins(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    WealthOrder.objects.filter(pk=order.pk).update(due_at=clock.now())
    at = clock.now()

    def act(number: int) -> Any:
        if number:
            return asking.submit(order_id=order.id, at=at)
        return ending.cancel(customer_id=who.id, order_id=order.id, at=at)

    together(act, 2)
    order.refresh_from_db()
    assert order.state in ("cancelled", "submitted")
    assert IssuerRequest.objects.count() == (1 if order.state == "submitted" else 0)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    kept = 0 if order.state == "cancelled" else BUY
    assert (posted(who), units_of(who, money_fund)) == (FEN - kept, kept)
    assert_whole(money_fund, units=kept)


def test_paying_and_expiring_at_the_same_moment_one_of_them_wins(money_fund: Product) -> None:
    who = saver(FEN)
    order = ordered(who, money_fund, BUY)
    at_cashier = cashier.order(order.cashier_order_id)
    approved(who, at_cashier, BALANCE)

    def act(number: int) -> Any:
        if number:
            return closing.begin(order_id=at_cashier.id, code=closing.EXPIRED, at=clock.now())
        return pay(who, at_cashier, BALANCE, pin=True)

    together(act, 2)
    order.refresh_from_db()
    assert order.state in ("paid", "expired")
    assert posted(who) == (FEN - BUY if order.state == "paid" else FEN)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert_whole(money_fund, units=FEN - posted(who))


def test_many_workers_submit_confirm_and_pay_an_order_once(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    together(lambda _: sweeps.step(order_id=order.id, at=order.cut_at), 5)
    assert IssuerRequest.objects.count() == 1
    confirm_all(order.cut_at)
    request = IssuerRequest.objects.get()
    again = together(lambda _: asking.confirmed(request=request, at=order.cut_at), 3)
    assert again == [None] * 3
    assert units_of(who, money_fund) == BUY
    together(lambda _: sweeps.step(order_id=order.id, at=wait_until(order.earns_from)), 5)
    order.refresh_from_db()
    assert order.state == "earning"
    assert_whole(money_fund, units=BUY)


def test_killed_between_paid_and_submitted_the_order_is_submitted_once_after(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    killed("submit", order=str(order.id), at=order.cut_at.isoformat())
    assert IssuerRequest.objects.count() == 0
    processes.wait_until(lambda: bool(sweeps.step(order_id=order.id, at=order.cut_at)), "the order stays locked")
    assert IssuerRequest.objects.count() == 1
    confirm_all(order.cut_at)
    assert_whole(money_fund, units=BUY)


def test_killed_inside_a_payout_or_a_fast_redemption_nothing_of_it_is_there_and_it_happens_once(money_fund: Product) -> None:
    who = holding(money_fund, BUY)
    before, at = posted(who), clock.now()
    killed("redeem", customer=str(who.id), product=str(money_fund.id), units=30_000, at=at.isoformat())
    assert (posted(who), WealthOrder.objects.filter(side="redeem").count()) == (before, 0)
    slow = redeeming.redeem(customer_id=who.id, product_id=money_fund.id, units_fen=30_000, fast=False, at=at)
    go_on(slow.cut_at)
    confirm_all(slow.cut_at)
    day = wait_until(slow.cash_on)
    killed("pay_cash", order=str(slow.id), at=day.isoformat())
    assert posted(who) == before
    processes.wait_until(lambda: ending.pay_cash(order_id=slow.id, at=day), "the order stays locked")
    assert (ending.pay_cash(order_id=slow.id, at=day), posted(who)) == (False, before + 30_000)
    assert_whole(money_fund, units=BUY - 30_000)
