"""A purchase from being ordered to its first day of income, over the API; what is refused, called off, rejected, and what goes back."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from payments.cashier import queries as cashier
from payments.cashier.services import closing
from tests.payments.wallet.world import freeze, posted
from tests.wealth.orders.world import (
    FEN,
    api,
    assert_whole,
    confirm_all,
    go_on,
    order_of,
    ordered,
    paid,
    reject_all,
    saver,
    units_of,
    wait_until,
)
from wealth.catalog.models import Product
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import DatesPassed
from wealth.orders.services import paying

pytestmark = pytest.mark.django_db(transaction=True)
BUY = 400_00


def topics(order: WealthOrder) -> list[str]:
    return list(OutboxEvent.objects.filter(key=order.public_id).order_by("id").values_list("topic", flat=True))


def test_a_purchase_goes_from_order_to_its_first_day_of_income(money_fund: Product) -> None:
    who = saver(FEN)
    preview = api(who, "post", "orders/preview", {"product_id": money_fund.public_id, "amount": BUY})
    assert preview.status_code == 200, preview.json()
    made = api(who, "post", "orders", {"product_id": money_fund.public_id, "amount": BUY})
    assert made.status_code == 201, made.json()
    body = made.json()
    shown = ("trade_on", "cut_off_at", "confirms_on", "earns_from", "price", "risk", "risk_text_sha256", "version")
    assert {name: body[name] for name in shown} == {name: preview.json()[name] for name in shown}
    assert (body["state"], body["pay_order_id"][:4]) == ("checked", "ord_")
    order = paid(who, order_of(body))
    assert (order.state, posted(who)) == ("paid", FEN - BUY)
    assert go_on(order.cut_at - timedelta(seconds=1)) == 0
    go_on(order.cut_at)
    assert order_of(body).state == "submitted"
    confirm_all(order.cut_at)
    order = order_of(body)
    assert (order.state, order.units_fen, units_of(who, money_fund)) == ("confirmed", BUY, BUY)
    go_on(wait_until(order.earns_from))
    assert order_of(body).state == "earning"
    read = api(who, "get", f"orders/{body['id']}").json()
    assert (read["state"], read["units"], read["fee"]) == ("earning", BUY, 0)
    assert topics(order) == ["wealth.order_paid", "wealth.order_submitted", "wealth.order_confirmed", "wealth.order_earning"]
    assert_whole(money_fund, units=BUY)


def test_what_the_issuer_rejects_goes_back_in_full_to_where_it_came_from(money_fund: Product) -> None:
    who = saver(FEN)
    order = paid(who, ordered(who, money_fund, BUY))
    go_on(order.cut_at)
    reject_all(order.cut_at, code="SOLD_OUT")
    assert WealthOrder.objects.get(pk=order.pk).state == "rejected"
    go_on(order.cut_at + timedelta(seconds=1))
    order.refresh_from_db()
    assert (order.state, order.code, posted(who)) == ("refunded", "SOLD_OUT", FEN)
    assert cashier.order(order.cashier_order_id).state == "refunded"
    assert_whole(money_fund, units=0)


def test_a_paid_order_is_called_off_before_its_cut_off_and_not_at_it(money_fund: Product) -> None:
    who, other = saver(FEN), saver()
    first, second = (paid(who, ordered(who, money_fund, BUY)) for _ in range(2))
    assert api(other, "post", f"orders/{first.public_id}/cancel").status_code == 404
    answer = api(who, "post", f"orders/{first.public_id}/cancel", key="k1")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert api(who, "post", f"orders/{first.public_id}/cancel", key="k1").content == answer.content
    go_on(clock.now())
    first.refresh_from_db()
    assert (first.state, posted(who)) == ("refunded", FEN - BUY)
    go_on(second.cut_at)
    late = api(who, "post", f"orders/{second.public_id}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "wealth_cut_off_passed")
    assert api(who, "post", f"orders/{first.public_id}/cancel").json()["state"] == "refunded"
    confirm_all(second.cut_at)
    assert_whole(money_fund, units=BUY)


def test_an_order_nobody_pays_expires_and_gives_its_quota_back(money_fund: Product) -> None:
    who = saver(FEN)
    left, called_off = ordered(who, money_fund, BUY), ordered(who, money_fund, BUY)
    answer = api(who, "post", f"orders/{called_off.public_id}/cancel")
    assert (answer.json()["state"], answer.json()["code"]) == ("cancelled", "called_off")
    closing.begin(order_id=left.cashier_order_id, code=closing.EXPIRED, at=clock.now())
    left.refresh_from_db()
    assert (left.state, left.code) == ("expired", "expired")
    assert posted(who) == FEN
    assert_whole(money_fund, units=0)


def test_the_cut_off_of_the_day_that_was_shown_ends_the_time_to_pay(money_fund: Product) -> None:
    who = saver(FEN)
    order = ordered(who, money_fund, BUY)
    assert cashier.order(order.cashier_order_id).expires_at <= max(order.cut_at, order.created_at + timedelta(minutes=1))
    with pytest.raises(DatesPassed):
        paying.require_payable(order_id=order.id, customer_id=who.id, at=order.cut_at)
    order.refresh_from_db()
    assert (order.state, posted(who)) == ("checked", FEN)


@pytest.mark.parametrize(("amount", "code"), [(1, "below_minimum"), (10_000_001, "above_cap")], ids=["too little", "too much"])
def test_an_amount_the_product_does_not_take_is_refused_before_anything_is_written(money_fund: Product, amount: int, code: str) -> None:
    who = saver(FEN)
    answer = api(who, "post", "orders", {"product_id": money_fund.public_id, "amount": amount})
    assert answer.status_code in (409, 422), answer.json()
    assert not WealthOrder.objects.exists()


def test_a_frozen_customer_orders_nothing(money_fund: Product) -> None:
    who = saver(FEN)
    freeze(who)
    answer = api(who, "post", "orders", {"product_id": money_fund.public_id, "amount": BUY})
    assert answer.status_code == 403, answer.json()
    assert not WealthOrder.objects.exists()


def test_a_replayed_key_answers_the_same_order_and_another_body_is_refused(money_fund: Product) -> None:
    who: Customer = saver(FEN)
    body: dict[str, Any] = {"product_id": money_fund.public_id, "amount": BUY}
    one, two = (api(who, "post", "orders", body, key="k1") for _ in range(2))
    assert (one.content, one.status_code) == (two.content, 201)
    assert api(who, "post", "orders", body | {"amount": BUY * 2}, key="k1").status_code == 422
    assert WealthOrder.objects.count() == 1
