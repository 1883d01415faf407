"""Many at once at one merchant's day: closed twice, closed while money of it moves, proved again twice, approved, and paid out."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.ledger.refusals import InsufficientFunds
from core.approvals.services import applying
from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.errors import NotFound
from core.moves import WrongState
from core.work.models import WorkItem
from payments.cards import services as cards
from payments.cards.models import Card
from payments.cards.services import CardInUse
from payments.cashier.models import PaymentOrder
from payments.settlement.models import MerchantPayout, Settlement
from payments.settlement.services import approving, closing, paying
from payments.settlement.services.approving import ListChanged
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import Shop, shop
from tests.payments.disputes.world import dispute
from tests.payments.merchants.world import PEOPLE, suspend
from tests.payments.refunds.world import ask
from tests.payments.settlement.world import (
    adjust,
    approved,
    assert_paid_out,
    choose_card,
    end_day,
    pay_out,
    sell,
    seller,
    settled,
    standing,
)
from tests.payments.wallet.bank_world import Holder
from tests.payments.world import WORKS, Payer, bind
from tests.sandbox_bank import SandboxBank
from tests.together import behind, together, tried

pytestmark = pytest.mark.django_db(transaction=True)


CLOSE, AGAIN = "close", "again"


def close(where: Shop, day: date) -> int:
    return closing.close_shards(shards=[where.merchant.shard], business_on=day, at=clock.now())


def unproved(where: Shop, *amounts: int) -> tuple[date, list[PaymentOrder]]:
    """A day that could not be closed for this merchant: nothing of it is moved. By now it can be proved."""
    made = sell(where, *amounts)
    orders = PaymentOrder.objects.filter(pk=made[0].pk)
    orders.update(fee_fen=made[0].fee_fen + 1)
    day = end_day()
    assert settled(where, day).state == "open"
    orders.update(fee_fen=made[0].fee_fen)
    return day, made


def again(row: Settlement) -> Settlement:
    return closing.close_again(settlement_id=row.id, by="staff:mary", at=clock.now())


def assert_whole(where: Shop, **left: int) -> None:
    """Every day is proved and moved, the newest of them known, and the merchant has this and no more."""
    rows = Settlement.objects.filter(merchant=where.merchant)
    assert not rows.filter(state="open").exists()
    assert rows.filter(last=True).count() == 1
    assert not WorkItem.objects.filter(kind=closing.UNPROVED, finished_at=None).exists()
    assert standing(where.merchant) == left
    assert_books_balance()


def test_two_who_end_a_day_at_once_settle_every_merchant_once() -> None:
    shops = [shop() for _ in range(2)]
    for where in shops:
        sell(where, 10_000)
    day = business_days.current()
    at = start_of_day(day + timedelta(days=1))
    ended = together(lambda _: catch_up(at=at), 2)
    assert [end.failed for end in ended] == [[], []], ended
    catch_up(at=at)
    assert business_days.current() > day
    for where in shops:
        assert settled(where, day).moved_fen == 9_940
        assert_whole(where, available=9_940)


def test_a_day_closed_by_two_at_once_is_closed_once() -> None:
    where = shop()
    day, _ = unproved(where, 10_000)
    WorkItem.objects.all().delete()
    Settlement.objects.all().delete()
    assert behind(lambda: close(where, day), lambda: close(where, day)) == (1, 0)
    assert_whole(where, available=9_940)


def test_a_day_proved_again_by_many_at_once_is_moved_once() -> None:
    where = shop()
    day, _ = unproved(where, 10_000)
    row = settled(where, day)
    ended = together(lambda _: tried(lambda: again(row)), 5)
    assert (sum(isinstance(end, Settlement) for end in ended), sum(isinstance(end, NotFound) for end in ended)) == (1, 4), ended
    assert_whole(where, available=9_940)


@pytest.mark.parametrize("first", [AGAIN, CLOSE])
def test_an_old_day_proved_again_while_a_newer_one_is_closed_leaves_both_closed(first: str) -> None:
    where = shop()
    old, _ = unproved(where, 10_000)
    new, _ = unproved(where, 2_000)
    WorkItem.objects.filter(target=settled(where, new).public_id).delete()
    settled(where, new).delete()
    row = settled(where, old)
    acts: dict[str, Callable[[], Any]] = {AGAIN: lambda: again(row), CLOSE: lambda: close(where, new)}
    other = next(name for name in acts if name != first)
    ended = behind(acts[first], acts[other])
    assert not any(isinstance(end, BaseException) for end in ended), ended
    assert sum(settled(where, day).payout_fen for day in (old, new)) == 9_940 + 1_988
    assert_whole(where, available=9_940 + 1_988)


@pytest.mark.parametrize("first", [CLOSE, "other"])
@pytest.mark.parametrize(
    ("other", "left"),
    [
        pytest.param(lambda where, order: ask(order, 5_000), {"available": 4_970}, id="refund"),
        pytest.param(lambda where, order: dispute(order), {"frozen": 9_940}, id="dispute"),
        pytest.param(lambda where, order: adjust(where, 60), {"available": 10_000}, id="given"),
    ],
)
def test_money_that_moves_while_its_day_is_closed_is_counted_once(first: str, other: Callable[..., Any], left: dict[str, int]) -> None:
    where = shop()
    day, (order,) = unproved(where, 10_000)
    row = settled(where, day)
    acts: dict[str, Callable[[], Any]] = {CLOSE: lambda: again(row), "other": lambda: other(where, order)}
    late = next(name for name in acts if name != first)
    ended = behind(acts[first], acts[late])
    assert not any(isinstance(end, BaseException) for end in ended), ended
    assert settled(where, day).code == ""
    end_day()
    assert_whole(where, **left)


@pytest.mark.parametrize("first", [CLOSE, "take"])
def test_a_correction_that_takes_while_the_day_is_closed_takes_or_is_refused(first: str) -> None:
    where = shop()
    row = settled(where, unproved(where, 10_000)[0])
    acts: dict[str, Callable[[], Any]] = {CLOSE: lambda: again(row), "take": lambda: adjust(where, -40)}
    late = next(name for name in acts if name != first)
    ended = dict(zip((first, late), behind(acts[first], acts[late]), strict=True))
    assert isinstance(ended[CLOSE], Settlement), ended
    assert isinstance(ended["take"], InsufficientFunds) == (first == CLOSE), ended
    end_day()
    assert_whole(where, available=9_940 if first == CLOSE else 9_900)


def test_refunds_of_many_orders_while_their_day_is_closed_never_leave_it_open() -> None:
    where = shop()
    day, orders = unproved(where, *[1_000] * 5)
    row = settled(where, day)
    acts: list[Callable[[], Any]] = [lambda: again(row), *(lambda order=order: ask(order, 1_000) for order in orders)]  # type: ignore[misc]
    ended = together(lambda k: acts[k](), len(acts))
    assert not any(isinstance(end, BaseException) for end in ended), ended
    end_day()
    assert_whole(where)


@pytest.mark.parametrize("first", ["approve", AGAIN])
def test_a_settlement_that_joins_a_list_while_it_is_approved_waits_for_its_own_approval(first: str) -> None:
    where, other = shop(), shop()
    sell(other, 2_000)
    day, _ = unproved(where, 10_000)
    row = settled(where, day)
    acts: dict[str, Callable[[], Any]] = {"approve": lambda: proposed(day, 1, 1_988), AGAIN: lambda: again(row)}
    late = next(name for name in acts if name != first)
    ended = dict(zip((first, late), behind(acts[first], acts[late]), strict=True))
    assert (ended["approve"], ended[AGAIN].state) == (1, "closed"), ended
    assert (settled(other, day).state, settled(where, day).state) == ("approved", "closed")
    assert_whole(where, available=9_940)


def proposed(day: date, number: int, fen: int) -> int:
    with applying(approving.DAY, **PEOPLE):
        return approving.approve_day(business_on=day, number=number, payout_fen=fen, at=clock.now())


def one(row: Settlement) -> Settlement:
    with applying(approving.ONE, **PEOPLE):
        return approving.approve(settlement_id=row.id, at=clock.now())


def test_a_list_approved_by_many_at_once_and_one_of_it_by_itself_is_approved_once() -> None:
    shops = [shop(), shop()]
    for where in shops:
        sell(where, 10_000)
    day = end_day()
    row = settled(shops[0], day)
    ended = together(lambda k: tried(lambda: one(row) if k == 3 else proposed(day, 2, 19_880)), 4)
    assert all(isinstance(end, int | Settlement | ListChanged | WrongState) for end in ended), ended
    assert sum(end == 2 for end in ended) + isinstance(ended[3], Settlement) == 1
    assert settled(shops[0], day).state == "approved"
    assert settled(shops[1], day).state == ("closed" if isinstance(ended[3], Settlement) else "approved")


@pytest.mark.parametrize("first", ["pay", "suspend"])
def test_a_merchant_suspended_at_that_moment_is_paid_out_before_or_not_at_all(connected: SandboxBank, first: str) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    at = start_of_day(row.due_on)
    acts: dict[str, Callable[[], Any]] = {"pay": lambda: paying.pay(settlement_id=row.id, at=at), "suspend": lambda: suspend(who.merchant)}
    late = next(name for name in acts if name != first)
    ended = dict(zip((first, late), behind(acts[first], acts[late]), strict=True))
    assert ended["suspend"].state == "suspended", ended
    row.refresh_from_db()
    if first == "suspend":
        assert (ended["pay"], row.state, row.code, MerchantPayout.objects.count()) == (None, "approved", "merchant_not_paid_out", 0)
        assert standing(who.merchant) == {"available": 9_940}
        return
    pay_out(row, at=at)
    assert_paid_out(row, connected, who.owner, 9_940)


@pytest.mark.parametrize("first", ["pay", "choose"])
def test_a_payout_goes_to_the_card_that_is_named_when_it_is_placed(connected: SandboxBank, first: str) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    at, old = start_of_day(row.due_on), who.owner.card
    new = second_card(connected, who.owner)
    acts: dict[str, Callable[[], Any]] = {
        "pay": lambda: paying.pay(settlement_id=row.id, at=at),
        "choose": lambda: choose_card(who.merchant, new),
    }
    late = next(name for name in acts if name != first)
    ended = dict(zip((first, late), behind(acts[first], acts[late]), strict=True))
    assert ended["choose"] is None, ended
    assert ended["pay"].card_id == (old.id if first == "pay" else new.card.id)
    assert isinstance(tried(lambda: unbind(old)), CardInUse if first == "pay" else Card)
    pay_out(row, at=at)
    row.refresh_from_db()
    assert (row.state, row.paid_fen) == ("paid", 9_940)
    assert_books_balance()


def unbind(card: Card) -> Card:
    return cards.unbind(customer_id=card.customer_id, card_id=card.id, at=clock.now())


def second_card(bank: SandboxBank, owner: Holder) -> Holder:
    """One more debit card of the same person."""
    person = Payer(owner.customer, "", "", owner.customer.phone.removeprefix("+86"), [WORKS])
    return Holder(owner.customer, bind(bank, person, WORKS, at=clock.now()), WORKS)
