"""Refunds with a card among the sources: held here, given back by the bank, one journal at its word; refused, unknown, or shut out."""

from datetime import timedelta

import pytest

from accounts.ledger.models import Hold
from accounts.ledger.queries import balance
from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from core.work.queries import waiting as waiting_work
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from payments.channels.models import Channel, ChannelRequest
from payments.refunds import outbound
from payments.refunds.models import Refund, RefundPart
from payments.refunds.obligations import MerchantRefunds, Refunds
from payments.refunds.services import by_hand
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.plugs import receivable, strange_sources
from tests.payments.cashier.world import Shop, booked, card_holder, shop
from tests.payments.refunds.world import (
    MIX,
    Holder,
    ask,
    assert_all_over,
    back,
    by_card,
    by_operators,
    has,
    read,
    refund,
    settle_refunds,
)
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank

FULL = 100_000_00


def request_of(made: Refund) -> ChannelRequest:
    parts = RefundPart.objects.filter(refund=made, asked=True)
    return ChannelRequest.objects.filter(business_id__in=parts.values("id"), operation="refund").latest("created_at")


def refused(bank: SandboxBank, where: Shop, who: Holder, fen: int = 5_000) -> Refund:
    """A refund of an order paid from balance (30.00) and card (70.00) that the bank would not take."""
    order = by_card(where, who, 10_000, [Pick("balance")])
    bank.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    return refund(order, fen)


def test_journal_1_by_number_and_the_card_gets_its_part(connected: SandboxBank) -> None:
    """50.00 of 100.00 = coupon 10 + balance 30 + credit 20 + card 40, fee 0.60: 49.70 + 0.30 -> 5 + 15 + 10 + 20."""
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = by_card(where, who, 10_000, MIX)
        made = ask(order, 5_000)
        assert (made.state, made.status, made.journal_id) == ("processing", "processing", None)
        assert has(where) == {"pending": (9_940, 4_970)}
        assert (read(order).refunding_fen, back(order)) == (5_000, {"coupon": 0, "balance": 0, "line": 0, "card": 0})
        made = outbound.send(refund_id=made.id, at=clock.now())
        assert (made.state, made.fee_back_fen) == ("succeeded", 30)
        assert booked(made.journal_id) == {
            "merchant:pending": -4_970, "income:fee": -30, "test_coupon:expense": 500, "user:balance": 1_500,
            "test_line:receivable": 1_000, "clearing:channel:sandbox_bank": 2_000,
        }  # fmt: skip
        assert back(order) == {"coupon": 500, "balance": 1_500, "line": 1_000, "card": 2_000}
        assert (posted(who.customer), balance(receivable(who.customer.id)).posted) == (1_500, -1_000)
        assert connected.card(who.number)["balance_fen"] == FULL - 2_000
        assert (request_of(made).reference, has(where)) == (made.public_id, {"pending": (4_970, 0)})
        last = refund(order, 5_000)
        assert (last.state, last.fee_back_fen, read(order).state, has(where)) == ("succeeded", 30, "refunded", {})
        assert connected.card(who.number)["balance_fen"] == FULL
    assert_all_over(expected={who.customer: 3_000})


def test_an_unknown_answer_keeps_room_and_money_until_the_bank_has_said(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    connected.fault("processing_then_success", operations=["refund"], times=1, params={"after_ms": 0})
    made = refund(order, 600)
    assert (made.state, has(where), read(order).refunding_fen) == ("processing", {"pending": (994, 596)}, 600)
    assert [found.code for found in Refunds().obstacles(customer_id=who.customer.id, at=clock.now())] == ["refunds_open"]
    assert [found.code for found in MerchantRefunds().obstacles(merchant_id=where.merchant.id, at=clock.now())] == ["merchant_refunds_open"]
    assert_books_balance(open_holds=1)
    connected.resolve(channels.ChannelCredential.objects.get(retired_at=None).merchant, request_of(made).request_no)
    settle_refunds(clock.now() + timedelta(seconds=10))
    made.refresh_from_db()
    assert (made.state, has(where)) == ("succeeded", {"pending": (398, 0)})
    assert Refunds().obstacles(customer_id=who.customer.id, at=clock.now()) == []
    assert MerchantRefunds().obstacles(merchant_id=where.merchant.id, at=clock.now()) == []
    assert_all_over()


def test_what_the_bank_refuses_waits_for_an_operator_with_room_and_money_kept(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    assert (made.state, made.status, made.code) == ("to_manual", "processing", "RISK_REFUSED")
    assert (has(where), read(made.order).refunding_fen, posted(who.customer)) == ({"pending": (9_940, 4_970)}, 5_000, 0)
    (item,) = waiting_work()
    assert (item.kind, item.target) == ("refund.refused", made.public_id)
    assert item.facts == {"code": "RISK_REFUSED", "amount_fen": 3_500, "request_no": request_of(made).request_no}
    with pytest.raises(ApprovalNeeded):
        by_hand.pay_by_hand(refund_id=made.id, reference="B-1", at=clock.now())


def test_journal_2_the_refused_part_leaves_through_the_bank_account_and_the_others_as_ever(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    done = by_operators(by_hand.PAID_BY_HAND, refund_id=made.id, reference="B-1")
    assert (done.state, done.status, done.hand_reference) == ("succeeded_by_hand", "succeeded", "B-1")
    assert booked(done.journal_id) == {"merchant:pending": -4_970, "income:fee": -30, "asset:bank": 3_500, "user:balance": 1_500}
    assert (back(read(made.order)), has(where)) == ({"balance": 1_500, "card": 3_500}, {"pending": (4_970, 0)})
    assert (len(waiting_work()), connected.card(who.number)["balance_fen"]) == (0, FULL - 7_000)
    for act in (by_hand.PAID_BY_HAND, by_hand.AGAIN, by_hand.GIVEN_UP):
        with pytest.raises(WrongState):
            by_operators(act, refund_id=made.id, **({"reference": "B-2"} if act == by_hand.PAID_BY_HAND else {}))
    assert OutboxEvent.objects.filter(topic="refund.succeeded").count() == 1
    assert_all_over(expected={who.customer: 1_500})


def test_a_refused_refund_is_asked_again(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    assert by_operators(by_hand.AGAIN, refund_id=made.id).state == "processing"
    assert outbound.send(refund_id=made.id, at=clock.now()).state == "succeeded"
    assert (len(waiting_work()), has(where)) == (0, {"pending": (4_970, 0)})
    assert connected.card(who.number)["balance_fen"] == FULL - 3_500
    assert_all_over(expected={who.customer: 1_500})


def test_a_refused_refund_is_given_up_and_the_order_has_its_room_again(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    done = by_operators(by_hand.GIVEN_UP, refund_id=made.id)
    order = read(made.order)
    assert (done.state, done.status, order.refunding_fen, order.refunds, order.state) == ("failed", "failed", 0, 0, "paid")
    assert (has(where), len(waiting_work())) == ({"pending": (9_940, 0)}, 0)
    assert OutboxEvent.objects.get(topic="refund.failed").payload["code"] == "RISK_REFUSED"
    whole = refund(order, 10_000)
    assert (whole.state, whole.fee_back_fen, back(order)) == ("succeeded", 60, {"balance": 3_000, "card": 7_000})
    assert_all_over(expected={who.customer: 3_000})


def test_a_refund_asked_for_while_the_channel_is_shut_waits_and_an_operator_hears_of_it_after_a_day(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 1_000)
    Channel.objects.update(enabled=False)
    made = refund(order, 1_000)
    assert (made.state, made.status, has(where)) == ("created", "processing", {"pending": (994, 994)})
    at = settle_refunds(clock.now() + timedelta(minutes=2))
    assert len(waiting_work()) == 0
    settle_refunds(at + timedelta(days=1))
    assert [(item.kind, item.facts["why"]) for item in waiting_work()] == [("refund.waiting", "channel_off")]
    Channel.objects.update(enabled=True)
    settle_refunds(at + timedelta(days=1, minutes=5))
    made.refresh_from_db()
    assert (made.state, len(waiting_work()), connected.card(who.number)["balance_fen"]) == ("succeeded", 0, FULL)
    assert_all_over()


def test_what_is_held_for_a_refund_is_not_there_for_another(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    made = ask(by_card(where, who, 1_000), 1_000)
    assert (Hold.objects.get().reference, has(where)) == (made.public_id, {"pending": (994, 994)})
    outbound.send(refund_id=made.id, at=clock.now())
    assert_all_over()
