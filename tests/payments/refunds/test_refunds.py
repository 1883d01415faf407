"""Refunds whose sources are the platform's own: done in one transaction, by number."""

from datetime import timedelta

import pytest

from accounts.identity.models import Customer
from accounts.ledger import states
from accounts.ledger.accounts import AccountRef, customer_account
from accounts.ledger.models import AccountState
from accounts.ledger.queries import balance
from accounts.ledger.refusals import AccountFrozen
from core.approvals.services import applying
from core.clock import queries as clock
from core.clock.queries import local_day
from core.errors import DomainError
from core.outbox.models import OutboxEvent
from payments.cashier.services.refunding import OrderNotRefundable, RefundTooMuch
from payments.merchants import accounts
from payments.merchants.models import MerchantTerms
from payments.refunds import queries
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from payments.refunds.services.asking import MerchantBalanceShort, OutRefundNoUsed, PayerGone, RefundsUsedUp, RefundTooLate
from payments.refunds.sockets import BEFORE, OBSTACLES
from tests.payments.cashier.plugs import receivable, strange_sources
from tests.payments.cashier.world import BALANCE, Pick, begin, booked, holder, new_order, pending, shop
from tests.payments.refunds.world import COUPON, PEOPLE, ask, assert_all_over, back, by_balance, by_operators, has, move, read
from tests.payments.wallet.world import open_day, posted
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db


def test_journal_1_without_a_card_by_number() -> None:
    """50.00 of 100.00 (coupon 10, credit 20, balance 70; fee 0.60), fee returned: 49.70 + 0.30 -> 5 + 10 + 35."""
    open_day()
    where, ann = shop(), holder(10_000)
    with strange_sources() as sources:
        order = new_order(where, 10_000)
        begin(ann, order, [COUPON, Pick("line"), Pick("balance")])
        made = ask(order, 5_000)
        assert (made.state, made.status, made.fee_back_fen, made.taken) == ("succeeded", "succeeded", 30, {"merchant:pending": 4_970})
        assert booked(made.journal_id) == {
            "merchant:pending": -4_970, "income:fee": -30, "test_coupon:expense": 500, "test_line:receivable": 1_000,
            "user:balance": 3_500,
        }  # fmt: skip
        assert back(order) == {"coupon": 500, "line": 1_000, "balance": 3_500}
        assert (posted(ann), balance(receivable(ann.id)).posted, has(where)) == (6_500, -1_000, {"pending": (4_970, 0)})
        order = read(order)
        assert (order.state, order.refunded_fen, order.refunding_fen, order.refunds) == ("partially_refunded", 5_000, 0, 1)
        last = ask(order, 5_000)
        assert (last.fee_back_fen, read(order).state, has(where)) == (30, "refunded", {})
        assert back(order) == {"coupon": 1_000, "line": 2_000, "balance": 7_000}
        assert [kind for kind, _ in sources.line.told] == ["hold", "committed", "refunded", "refunded"]
    assert made.booked_on == queries.booked([where.merchant.id], made.booked_on or local_day(clock.now())).first().booked_on  # type: ignore[union-attr]
    assert_all_over(expected={ann: 10_000})


def test_50_refunds_of_odd_amounts_end_exact() -> None:
    open_day()
    where, ann = shop(), holder(20_000)
    with strange_sources():
        order = new_order(where, 12_345)
        begin(ann, order, [COUPON, Pick("line"), Pick("balance")])
        fee = read(order).fee_fen
        for number in range(1, 50):
            ask(order, 137 + number * 4)
        rest = ask(order, 12_345 - sum(137 + number * 4 for number in range(1, 50)))
        assert (rest.state, read(order).state) == ("succeeded", "refunded")
        assert back(order) == {"coupon": 1_000, "line": 2_000, "balance": 9_345}
    refunds = Refund.objects.filter(order=order)
    assert (refunds.count(), sum(row.fee_back_fen for row in refunds), pending(where)) == (50, fee, 0)
    assert_all_over(expected={ann: 20_000})


def test_news_of_a_refund_says_whose_it_is_and_nothing_personal() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    made = ask(by_balance(where, ann, 1_000), 400, "R-1")
    event = OutboxEvent.objects.get(topic="refund.succeeded")
    assert event.key == made.order_public_id
    assert event.payload == {
        "refund": made.public_id, "order": made.order_public_id, "merchant": where.merchant.public_id, "app": where.app.public_id,
        "payer": ann.public_id, "out_refund_no": "R-1", "asked_by": "app", "amount_fen": 400, "fee_back_fen": 2, "currency": "CNY",
        "refunded_fen": 400,
    }  # fmt: skip


def test_the_same_number_is_the_same_refund_and_another_content_is_refused() -> None:
    open_day()
    where, ann = shop(), holder(2_000)
    order, other = by_balance(where, ann, 1_000), by_balance(where, ann, 1_000)
    first = ask(order, 1_000, "R-1")
    assert ask(order, 1_000, "R-1") == first
    for again, fen in ((order, 999), (other, 1_000)):
        with pytest.raises(OutRefundNoUsed):
            ask(again, fen, "R-1")
    assert (posted(ann), Refund.objects.count()) == (1_000, 1)
    assert_all_over()


def test_more_than_is_left_an_unpaid_order_or_one_paid_too_long_ago_is_refused_and_nothing_moves() -> None:
    open_day()
    where, ann = shop(), holder(2_000)
    order, unpaid = by_balance(where, ann, 1_000), new_order(where, 500)
    with pytest.raises(RefundTooMuch):
        ask(order, 1_001)
    with pytest.raises(OrderNotRefundable):
        ask(unpaid, 1)
    with pytest.raises(RefundTooLate):
        ask(order, 1, at=clock.now() + timedelta(days=365, seconds=1))
    assert (Refund.objects.count(), posted(ann), read(order).refunds) == (0, 1_000, 0)
    ask(order, 1_000)
    with pytest.raises(OrderNotRefundable):
        ask(order, 1)
    assert_all_over(expected={ann: 2_000})


def test_an_order_has_so_many_refunds_as_the_terms_of_the_day_say_and_they_say_whether_the_fee_goes_back() -> None:
    open_day()
    where, ann = shop(), holder(20_000)
    order = by_balance(where, ann, 10_000)
    terms = {"fee_returned_on_refund": False, "refunds_most": 2}
    MerchantTerms.objects.create(merchant=where.merchant, effective_on=local_day(clock.now()) + timedelta(days=1), **terms)
    assert ask(order, 1_000).fee_back_fen == 6
    tomorrow = clock.now() + timedelta(days=1)
    made = ask(order, 1_000, at=tomorrow)
    assert (made.fee_back_fen, made.fee_returned, made.from_pending_fen) == (0, False, 1_000)
    with pytest.raises(RefundsUsedUp):
        ask(order, 1_000, at=tomorrow)
    assert (has(where), posted(ann)) == ({"pending": (9_940 - 994 - 1_000, 0)}, 12_000)
    assert_all_over()


def test_a_refund_takes_from_what_is_pending_then_what_is_available_then_the_reserve() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 10_000)
    move(where, "merchant:available", 3_000)
    move(where, "merchant:reserve", 2_000)
    move(where, "asset:bank", 2_940)
    made = ask(order, 7_000)
    assert made.taken == {"merchant:pending": 2_000, "merchant:available": 3_000, "merchant:reserve": 1_958}
    assert has(where) == {"reserve": (42, 0)}
    with pytest.raises(MerchantBalanceShort):
        ask(order, 1_000)
    assert (has(where), read(order).refunds, posted(ann)) == ({"reserve": (42, 0)}, 1, 7_000)
    assert_all_over()


class Disputed(DomainError):
    code = "test_disputed"
    en = "There is a dispute."
    zh = "存在争议。"


class Forbids:
    def obstacle(self, *, order_id: object) -> DomainError | None:
        return Disputed()


class BringsBack:
    """A room that has 30.00 of the merchant's money somewhere else."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def before(self, *, order: object, amount_fen: int, at: object) -> None:
        self.asked.append(amount_fen)

    def given_up(self, *, order: object, refund: str, at: object) -> None:
        self.asked.append(0)


def test_what_an_upper_room_forbids_is_refused_and_what_it_has_to_do_first_is_done_first() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    OBSTACLES.plug("test", Forbids())
    try:
        with pytest.raises(Disputed):
            ask(order, 1)
    finally:
        OBSTACLES.unplug("test")
    assert (read(order).refunds, Refund.objects.count()) == (0, 0)
    room = BringsBack()
    BEFORE.plug("test", room)
    try:
        ask(order, 7)
    finally:
        BEFORE.unplug("test")
    assert room.asked == [7]
    assert_all_over()


def test_an_order_of_a_coupon_alone_gives_it_back_and_a_fee_as_large_as_the_order_costs_the_merchant_nothing() -> None:
    open_day()
    where, ann = shop(), holder(0)
    with strange_sources():
        order = new_order(where, 1_000)
        begin(ann, order, [COUPON])
        assert ask(order, 1_000).state == "succeeded"
        assert back(order) == {"coupon": 1_000}
    assert has(where) == {}
    assert_all_over()


def set_account(account: AccountRef, to: AccountState) -> None:
    with applying("ledger.account_state", **PEOPLE):
        states.set_state(account_id=account.id, to=to, at=clock.now())


def test_money_goes_back_to_a_frozen_payer_and_not_from_a_frozen_merchant_nor_to_one_who_has_left() -> None:
    open_day()
    where, ann, ben = shop(), holder(1_000), holder(1_000)
    order, other = by_balance(where, ann, 1_000), by_balance(where, ben, 1_000)
    set_account(customer_account(ann.id), AccountState.FROZEN)
    assert ask(order, 400).state == "succeeded"
    assert posted(ann) == 400
    set_account(accounts.pending(where.merchant.id), AccountState.FROZEN)
    with pytest.raises(AccountFrozen):
        ask(order, 100)
    set_account(accounts.pending(where.merchant.id), AccountState.OPEN)
    Customer.objects.filter(pk=ben.pk).update(state="closed", phone_index=None)
    with pytest.raises(PayerGone):
        ask(other, 100)
    assert (posted(ann), read(other).refunds, read(order).refunded_fen) == (400, 0, 400)
    assert_all_over()


def test_operators_refund_an_order_with_two_people() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    made = by_operators(by_hand.OPERATOR_REFUND, order_id=order.id, amount_fen=300, reason="a mistake of ours")
    assert (made.asked_by, made.asker, made.reason, posted(ann)) == ("operator", "staff:mary", "a mistake of ours", 300)
    assert_all_over()


def test_the_number_of_queries_does_not_follow_from_how_many_refunds_there_were() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 10_000)
    ask(order, 100)
    second = queries_of(lambda: ask(order, 100))
    for _ in range(20):
        ask(order, 100)
    assert len(queries_of(lambda: ask(order, 100))) == len(second)
    assert begin(holder(500), new_order(where, 500), BALANCE).state == "succeeded"
