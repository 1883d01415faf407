"""Many at once on the real database: never more than was paid, never more than the merchant has, each number once."""

import pytest

from core.clock import queries as clock
from core.moves import WrongState
from payments.cashier.models import PaymentOrder
from payments.cashier.services.refunding import RefundTooMuch
from payments.channels.models import Channel
from payments.refunds import outbound
from payments.refunds.models import Refund
from payments.refunds.services import by_hand, placing
from payments.refunds.services.asking import MerchantBalanceShort, OutRefundNoUsed
from tests.payments.cashier.world import card_holder, holder, shop
from tests.payments.refunds.test_card import FULL, refused
from tests.payments.refunds.world import ask, assert_all_over, by_balance, by_card, by_operators, has, move, read, settle_refunds
from tests.payments.wallet.world import open_day, posted
from tests.sandbox_bank import SandboxBank
from tests.together import in_turn, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_case_50_parallel_refunds_of_3_yuan_on_100_accept_exactly_33() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 10_000)
    ended = together(lambda _: ask(order, 300), 50)
    assert sum(isinstance(end, Refund) for end in ended) == 33
    assert sum(isinstance(end, RefundTooMuch) for end in ended) == 17
    order = read(order)
    assert (order.refunded_fen, order.refunding_fen, order.refunds, posted(ann)) == (9_900, 0, 33, 9_900)
    assert has(where) == {"pending": (9_940 - sum(row.net_fen for row in Refund.objects.all()), 0)}
    ask(order, 100)
    assert (read(order).state, has(where)) == ("refunded", {})
    assert_all_over(expected={ann: 10_000})


def test_case_50_parallel_refunds_by_card_accept_exactly_33(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 10_000)
    ended = together(lambda _: ask(order, 300), 50)
    accepted = [end for end in ended if isinstance(end, Refund)]
    assert (len(accepted), sum(isinstance(end, RefundTooMuch) for end in ended)) == (33, 17)
    for made in accepted:
        assert outbound.send(refund_id=made.id, at=clock.now()).state == "succeeded"
    assert connected.card(who.number)["balance_fen"] == FULL - 100
    assert read(order).refunded_fen == 9_900
    assert_all_over()


def test_20_parallel_requests_with_one_number_are_one_refund() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 10_000)
    ended = together(lambda _: ask(order, 300, "R-1"), 20)
    assert len({end.id for end in ended}) == 1
    assert (Refund.objects.count(), posted(ann)) == (1, 300)
    assert_all_over()


def test_one_number_for_many_orders_at_once_stands_for_one_of_them() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    orders = [by_balance(where, ann, 1_000) for _ in range(8)]
    ended = together(lambda number: ask(orders[number], 300, "R-1"), 8)
    assert sum(isinstance(end, Refund) for end in ended) == 1
    assert sum(isinstance(end, OutRefundNoUsed) for end in ended) == 7
    assert posted(ann) == 2_300
    assert_all_over()


def test_refunds_of_many_orders_take_no_more_than_the_merchant_has() -> None:
    open_day()
    where, ann, ben = shop(), holder(10_000), holder(10_000)
    orders = [by_balance(where, (ann, ben)[number % 2], 1_000) for number in range(20)]
    move(where, "merchant:available", 2_000)
    move(where, "asset:bank", 12_880)
    assert has(where) == {"pending": (5_000, 0), "available": (2_000, 0)}
    ended = together(lambda number: ask(orders[number], 1_000), 20)
    accepted = sum(isinstance(end, Refund) for end in ended)
    assert (accepted, sum(isinstance(end, MerchantBalanceShort) for end in ended)) == (7, 13)
    assert (sum(fen for fen, _ in has(where).values()), posted(ann) + posted(ben)) == (7_000 - 7 * 994, 7_000)
    assert_all_over()


def test_of_three_decisions_on_a_refused_refund_at_once_one_holds(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    acts = [(by_hand.PAID_BY_HAND, {"reference": "B-1"}), (by_hand.GIVEN_UP, {}), (by_hand.PAID_BY_HAND, {"reference": "B-2"})]
    ended = together(lambda number: by_operators(acts[number][0], refund_id=made.id, **acts[number][1]), 3)
    assert sum(isinstance(end, Refund) for end in ended) == 1
    made.refresh_from_db()
    assert (posted(who.customer), has(where)["pending"][1]) == (1_500 if made.state == "succeeded_by_hand" else 0, 0)
    assert_all_over()


@pytest.mark.parametrize("act", [by_hand.AGAIN, by_hand.PAID_BY_HAND, by_hand.GIVEN_UP])
@pytest.mark.parametrize("first", ["sweeper", "people"])
def test_the_sweeper_and_the_people_at_one_refused_refund_at_once_ask_once_or_end_it(connected: SandboxBank, first: str, act: str) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    facts = {"reference": "B-1"} if act == by_hand.PAID_BY_HAND else {}
    acts = {
        "sweeper": lambda: placing.place_waiting(refund_id=made.id, at=clock.now()),
        "people": lambda: by_operators(act, refund_id=made.id, **facts),
    }
    ended = in_turn(acts, first)
    assert (ended["sweeper"], type(ended["people"])) == (False, Refund), ended
    settle_refunds(clock.now())
    made.refresh_from_db()
    ends = {by_hand.AGAIN: "succeeded", by_hand.PAID_BY_HAND: "succeeded_by_hand", by_hand.GIVEN_UP: "failed"}
    assert made.state == ends[act]
    paid_fen = {by_hand.AGAIN: 3_500, by_hand.PAID_BY_HAND: 0, by_hand.GIVEN_UP: 0}[act]
    assert connected.card(who.number)["balance_fen"] == FULL - 7_000 + paid_fen
    assert (posted(who.customer), has(where)["pending"][1]) == (0 if act == by_hand.GIVEN_UP else 1_500, 0)
    assert_all_over()


@pytest.mark.parametrize("act", [by_hand.PAID_BY_HAND, by_hand.GIVEN_UP, by_hand.AGAIN])
def test_a_refund_that_waits_for_its_channel_is_placed_once_and_is_no_operators_turn_meanwhile(connected: SandboxBank, act: str) -> None:
    where, who = shop(), card_holder(connected)
    made = waiting(by_card(where, who, 3_000))
    facts = {"reference": "B-1"} if act == by_hand.PAID_BY_HAND else {}
    acts = {
        "sweeper": lambda: placing.place_waiting(refund_id=made.id, at=clock.now()),
        "people": lambda: by_operators(act, refund_id=made.id, **facts),
    }
    ended = in_turn(acts, "sweeper")
    assert (ended["sweeper"], type(ended["people"])) == (True, WrongState), ended
    assert not any(together(lambda _: placing.place_waiting(refund_id=made.id, at=clock.now()), 3))
    settle_refunds(clock.now())
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_all_over(expected={who.customer: 0})


def waiting(order: PaymentOrder) -> Refund:
    """A refund asked for while its channel took no calls, which it does again."""
    channel = Channel.objects.filter(code="sandbox_bank")
    channel.update(enabled=False)
    made = ask(order, 3_000)
    channel.update(enabled=True)
    assert made.state == "created"
    return made
