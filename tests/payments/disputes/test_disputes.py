"""Disputes by number: money frozen, kept or given back, never paid twice with a refund."""

from datetime import timedelta

import pytest

from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from core.work.queries import waiting as waiting_work
from payments.cashier.services.refunding import OrderNotRefundable
from payments.disputes.models import Dispute
from payments.disputes.obligations import Disputes, MerchantDisputes
from payments.disputes.services import answering, deciding
from payments.disputes.services.opening import DisputedBefore, DisputeOpen, DisputeTooLate, DisputeTooMuch, OrderNotDisputable
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from payments.refunds.services.asking import MerchantBalanceShort
from payments.refunds.services.by_hand import LostInDispute
from tests.payments.cashier.world import booked, card_holder, holder, new_order, shop
from tests.payments.disputes.world import PDF, chargeback, dispute, lost, sweep, won
from tests.payments.refunds.test_card import FULL
from tests.payments.refunds.world import (
    ask,
    assert_all_over,
    back,
    by_balance,
    by_card,
    by_operators,
    has,
    move,
    read,
    settle_refunds,
)
from tests.payments.wallet.world import open_day, posted
from tests.query_counts import queries_of
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dispute_freezes_the_merchants_part_and_forbids_refunds_until_it_is_won() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    made = dispute(order)
    assert (made.state, made.amount_fen, made.wanted_fen, made.short_fen) == ("opened", 1_000, 994, 0)
    assert has(where) == {"frozen": (994, 0)}
    with pytest.raises(DisputeOpen) as refused:
        ask(order, 1)
    assert made.public_id in str(refused.value)
    with pytest.raises(DisputeOpen):
        dispute(order)
    assert [found.code for found in Disputes().obstacles(customer_id=ann.id, at=clock.now())] == ["disputes_open"]
    assert [found.code for found in MerchantDisputes().obstacles(merchant_id=where.merchant.id, at=clock.now())] == [
        "merchant_disputes_open"
    ]
    done = won(made)
    assert (done.state, done.verdict, has(where), posted(ann)) == ("won", "It was delivered.", {"pending": (994, 0)}, 0)
    assert ask(order, 1_000).state == "succeeded"
    topics = OutboxEvent.objects.filter(topic__startswith="dispute.").order_by("id").values_list("topic", flat=True)
    assert list(topics) == ["dispute.opened", "dispute.won"]
    assert_all_over(expected={ann: 1_000})


def test_a_lost_dispute_gives_the_payer_the_money_back_from_what_is_frozen() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 10_000)
    ask(order, 2_000)
    made = dispute(order, 5_000)
    assert has(where) == {"pending": (2_982, 0), "frozen": (4_970, 0)}
    done = lost(made)
    refund = Refund.objects.get(pk=done.refund_id)
    assert (done.state, refund.asked_by, refund.asker, refund.amount_fen) == ("lost", "dispute", made.public_id, 5_000)
    assert booked(refund.journal_id) == {"merchant:frozen": -4_970, "income:fee": -30, "user:balance": 5_000}
    assert (has(where), posted(ann), read(order).refunded_fen) == ({"pending": (2_982, 0)}, 7_000, 7_000)
    for act in (won, lost):
        with pytest.raises(WrongState):
            act(made)
    ask(order, 3_000)
    assert (has(where), read(order).state) == ({}, "refunded")
    assert_all_over(expected={ann: 10_000})


def test_case_purchase_10_chargeback_10_reversed_refund_1_chargeback_9(connected: SandboxBank) -> None:
    """Purchase 10, chargeback 10 -> net 0, refund refused; reversed -> net 10; refund 1; chargeback 9 -> net 0."""
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    first = chargeback(order, 1_000)
    assert has(where) == {"frozen": (994, 0)}
    with pytest.raises(DisputeOpen):
        ask(order, 1)
    won(first)
    assert has(where) == {"pending": (994, 0)}
    ask(order, 100)
    settle_refunds(clock.now() + timedelta(minutes=2))
    assert (read(order).refunded_fen, connected.card(who.number)["balance_fen"]) == (100, FULL - 900)
    with pytest.raises(DisputeTooMuch):
        chargeback(order, 901)
    done = lost(chargeback(order, 900))
    refund = Refund.objects.get(pk=done.refund_id)
    assert booked(refund.journal_id) == {"merchant:frozen": -895, "income:fee": -5, "clearing:channel:sandbox_bank": 900}
    assert (has(where), read(order).state, back(order)) == ({}, "refunded", {"card": 1_000})
    assert connected.card(who.number)["balance_fen"] == FULL - 900
    with pytest.raises(OrderNotRefundable):
        ask(order, 1)
    with pytest.raises(OrderNotDisputable):
        dispute(order)
    assert_all_over()


def test_a_lost_dispute_of_a_card_payment_goes_back_through_its_channel(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    done = lost(dispute(order))
    assert has(where) == {"frozen": (994, 994)}
    settle_refunds(clock.now() + timedelta(minutes=2))
    assert (Refund.objects.get(pk=done.refund_id).state, has(where)) == ("succeeded", {})
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_all_over()


def test_what_a_dispute_lost_is_not_given_up_when_the_channel_refuses(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    done = lost(dispute(order))
    settle_refunds(clock.now() + timedelta(minutes=2))
    assert Refund.objects.get(pk=done.refund_id).state == "to_manual"
    with pytest.raises(LostInDispute):
        by_operators(by_hand.GIVEN_UP, refund_id=done.refund_id)
    by_operators(by_hand.PAID_BY_HAND, refund_id=done.refund_id, reference="B-1")
    assert has(where) == {}
    assert_all_over()


def test_money_the_merchant_has_not_is_asked_for_again_and_a_loss_waits_for_it() -> None:
    open_day()
    where, ann, ben = shop(), holder(1_000), holder(1_000)
    order = by_balance(where, ann, 1_000)
    move(where, "merchant:available", 200)
    move(where, "asset:bank", 494)
    made = dispute(order)
    assert (made.frozen, made.short_fen) == ({"merchant:pending": 300, "merchant:available": 200}, 494)
    assert [(item.kind, item.facts["short_fen"]) for item in waiting_work()] == [("dispute.short", 494)]
    with pytest.raises(MerchantBalanceShort):
        lost(made)
    assert (Dispute.objects.get().state, has(where), posted(ann)) == ("opened", {"frozen": (500, 0)}, 0)
    by_balance(where, ben, 400)
    at = clock.now() + timedelta(minutes=31)
    assert sweep(at) == 1
    assert (Dispute.objects.get().short_fen, has(where)) == (96, {"frozen": (898, 0)})
    assert sweep(at + timedelta(minutes=1)) == 0
    by_balance(where, ben, 600)
    assert sweep(at + timedelta(minutes=31)) == 1
    assert (has(where), waiting_work()) == ({"pending": (500, 0), "frozen": (994, 0)}, [])
    made.refresh_from_db()
    won(made)
    assert has(where) == {"pending": (1_294, 0), "available": (200, 0)}
    assert_all_over()


def test_two_disputes_of_one_merchant_never_take_each_others_frozen_money() -> None:
    open_day()
    where, ann = shop(), holder(2_000)
    first, second = by_balance(where, ann, 1_000), by_balance(where, ann, 1_000)
    move(where, "asset:bank", 800)
    one, two = dispute(first), dispute(second)
    assert (one.short_fen, two.short_fen, has(where)) == (0, 800, {"frozen": (1_188, 0)})
    with pytest.raises(MerchantBalanceShort):
        lost(two)
    lost(one)
    assert (has(where), posted(ann)) == ({"frozen": (194, 0)}, 1_000)
    won(two)
    assert has(where) == {"pending": (194, 0)}
    assert_all_over()


def test_a_payer_withdraws_their_own_dispute_once_and_does_not_open_another() -> None:
    open_day()
    where, ann, ben = shop(), holder(1_000), holder()
    order = by_balance(where, ann, 1_000)
    made = dispute(order)
    with pytest.raises(Exception, match="not_found"):
        deciding.withdraw(customer_id=ben.id, dispute_id=made.id, at=clock.now())
    assert deciding.withdraw(customer_id=ann.id, dispute_id=made.id, at=clock.now()).state == "withdrawn"
    assert has(where) == {"pending": (994, 0)}
    with pytest.raises(DisputedBefore):
        dispute(order)
    assert dispute(order, opened_by="operator", opener="staff:mary").state == "opened"
    with pytest.raises(deciding.NotYours):
        deciding.withdraw(customer_id=ann.id, dispute_id=Dispute.objects.latest("created_at").id, at=clock.now())
    assert_all_over()


def test_what_is_not_paid_what_went_back_and_what_was_paid_long_ago_is_not_disputed() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    with pytest.raises(OrderNotDisputable):
        dispute(new_order(where, 100))
    order = by_balance(where, ann, 1_000)
    ask(order, 400)
    with pytest.raises(DisputeTooMuch):
        dispute(order, 601)
    with pytest.raises(DisputeTooLate):
        dispute(order, at=clock.now() + timedelta(days=181))
    with pytest.raises(ApprovalNeeded):
        deciding.win(dispute_id=dispute(order).id, verdict="x", at=clock.now())
    assert (Dispute.objects.get().amount_fen, has(where)) == (600, {"frozen": (596, 0)})
    assert_all_over()


def test_the_merchant_answers_once_and_in_time_with_five_files_of_known_kinds() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    made = dispute(by_balance(where, ann, 1_000))
    at = clock.now()
    first = answering.add_file(dispute_id=made.id, name="receipt.pdf", content=PDF, at=at)
    assert answering.add_file(dispute_id=made.id, name="again.pdf", content=PDF, at=at) == first
    for number in range(2, 6):
        kind = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")[number % 2]
        answering.add_file(dispute_id=made.id, name=f"{number}.png", content=kind + bytes([number]), at=at)
    with pytest.raises(answering.TooManyFiles):
        answering.add_file(dispute_id=made.id, name="6.pdf", content=PDF + b"6", at=at)
    with pytest.raises(answering.files.FileNotTaken):
        answering.add_file(dispute_id=made.id, name="bad.pdf", content=b"<html>", at=at)
    with pytest.raises(answering.files.FileNotTaken):
        answering.add_file(dispute_id=made.id, name="big.pdf", content=PDF.ljust(2_000_001), at=at)
    done = answering.answer(dispute_id=made.id, text="It was delivered.", at=at)
    assert (done.state, Dispute.objects.get().answer, [item.kind for item in waiting_work()]) == (
        "evidence",
        "It was delivered.",
        ["dispute.decide"],
    )
    with pytest.raises(WrongState):
        answering.answer(dispute_id=made.id, text="And more.", at=at)
    won(made)
    assert waiting_work() == []
    assert_all_over()


def test_a_dispute_nobody_answers_in_time_is_handed_to_operators() -> None:
    open_day()
    made = dispute(by_balance(shop(), holder(1_000), 1_000))
    assert made.answer_due_at - made.created_at == timedelta(days=7)
    assert sweep(made.answer_due_at - timedelta(seconds=1)) == 0
    assert sweep(made.answer_due_at) == 1
    (item,) = waiting_work()
    assert (Dispute.objects.get().state, item.kind, item.facts["answered"]) == ("evidence", "dispute.decide", False)
    with pytest.raises(WrongState):
        answering.answer(dispute_id=made.id, text="Too late", at=made.answer_due_at)
    assert_all_over()


def test_the_number_of_queries_does_not_follow_from_how_much_was_disputed_before() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    won(dispute(order, 100))
    facts = {"opened_by": "operator", "opener": "staff:mary"}
    second = queries_of(lambda: dispute(order, 100, **facts))
    for _ in range(6):
        won(Dispute.objects.get(state="opened"))
        dispute(order, 100, **facts)
    won(Dispute.objects.get(state="opened"))
    assert len(queries_of(lambda: dispute(order, 100, **facts))) <= len(second)
