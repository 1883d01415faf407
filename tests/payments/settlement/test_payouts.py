"""Paying settlements out at the real sandbox bank: by number, once, back when the bank says so, and again."""

from datetime import timedelta

import pytest

from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from core.work.models import WorkItem
from payments.cards import services as cards
from payments.cashier.models import PaymentOrder
from payments.channels import services as channels
from payments.channels.models import ChannelCredential, ChannelRequest
from payments.settlement.models import MerchantPayout, Settlement
from payments.settlement.services import approving, paying
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import booked, shop
from tests.payments.merchants.world import PEOPLE, suspend
from tests.payments.refunds.world import refund
from tests.payments.settle import settle
from tests.payments.settlement.world import (
    approve_day,
    approved,
    assert_paid_out,
    choose_card,
    end_day,
    pay_again,
    pay_out,
    sell,
    seller,
    settled,
    standing,
)
from tests.payments.wallet.bank_world import card_holder
from tests.sandbox_bank import SandboxBank
from tests.together import together


def test_a_settlement_is_paid_to_the_merchants_card_on_its_day_and_not_before(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    assert (row.state, row.approved_by, row.pay_at) == ("approved", PEOPLE["checker"], start_of_day(row.due_on))
    pay_out(row, at=start_of_day(row.due_on) - timedelta(seconds=1))
    assert (row.state, MerchantPayout.objects.count()) == ("approved", 0)
    pay_out(row)
    payout = MerchantPayout.objects.get()
    assert booked(payout.sent_journal_id) == {"merchant:available": -9_940, "transit:payout": 9_940}
    assert booked(payout.paid_journal_id) == {"transit:payout": -9_940, "clearing:channel:sandbox_bank": 9_940}
    assert standing(who.merchant) == {}
    event = OutboxEvent.objects.get(topic="settlement.paid")
    assert (event.payload["settlement"], event.payload["amount_fen"]) == (row.public_id, 9_940)
    assert_paid_out(row, connected, who.owner, 9_940)


def test_a_refused_payout_is_mirrored_and_paid_again_once_two_people_say_so(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    connected.fault("decline", operations=["payout"], times=1, params={"code": "RISK_REFUSED"})
    pay_out(row)
    first = MerchantPayout.objects.get()
    assert (row.state, row.paid_fen, first.state) == ("returned", 0, "failed")
    assert booked(first.back_journal_id) == {"merchant:available": 9_940, "transit:payout": -9_940}
    assert standing(who.merchant) == {"available": 9_940}
    item = WorkItem.objects.get(kind=paying.RETURNED, target=row.public_id)
    assert item.facts["code"] == first.code
    assert OutboxEvent.objects.filter(topic="settlement.returned").count() == 1
    with pytest.raises(ApprovalNeeded):
        approving.pay_again(settlement_id=row.id, at=clock.now())
    pay_again(row, at=start_of_day(row.due_on))
    pay_out(row)
    item.refresh_from_db()
    assert item.finished_by == PEOPLE["checker"]
    assert list(MerchantPayout.objects.order_by("number").values_list("number", "state")) == [(1, "failed"), (2, "paid")]
    assert_paid_out(row, connected, who.owner, 9_940)


def test_a_payout_the_bank_sends_back_later_is_mirrored_in_both_parts(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    at = pay_out(row)
    payout = MerchantPayout.objects.get()
    request = ChannelRequest.objects.get(pk=payout.request_id)
    connected.return_payout(ChannelCredential.objects.get(retired_at=None).merchant, request.request_no)
    paying_query(request, at)
    row.refresh_from_db()
    payout.refresh_from_db()
    assert (row.state, row.paid_fen, row.paid_at, payout.state) == ("returned", 0, None, "returned")
    assert standing(who.merchant) == {"available": 9_940}
    assert_books_balance()
    pay_again(row, at=at)
    pay_out(row, at=at)
    assert_paid_out(row, connected, who.owner, 9_940)


def paying_query(request: ChannelRequest, at: object) -> None:
    channels.query(request_id=request.id, at=at)  # type: ignore[arg-type]


def test_ten_workers_on_one_settlement_place_one_payout(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    at = start_of_day(row.due_on)
    placed = together(lambda _: paying.pay(settlement_id=row.id, at=at), 10)
    assert sum(1 for one in placed if one is not None) == 1
    settle(at + timedelta(seconds=61))
    assert_paid_out(row, connected, who.owner, 9_940)


def test_a_merchant_without_a_card_waits_until_it_has_one(connected: SandboxBank) -> None:
    where = shop()
    row = approved(where, 10_000)
    at = pay_out(row)
    assert (row.state, row.code) == ("approved", "no_settlement_card")
    assert WorkItem.objects.get(kind=paying.WAITING).facts["why"] == "no_settlement_card"
    pay_out(row, at=at)
    assert MerchantPayout.objects.count() == 0
    owner = card_holder(connected)
    type(where.merchant).objects.filter(pk=where.merchant.pk).update(owner=owner.customer)
    where.merchant.refresh_from_db()
    choose_card(where.merchant, owner)
    pay_out(row, at=at + paying.AGAIN_AFTER)
    assert not WorkItem.objects.filter(kind=paying.WAITING, finished_at=None).exists()
    assert_paid_out(row, connected, owner, 9_940)


def test_a_payout_that_waited_until_its_money_was_refunded_is_carried_and_asks_nobody_any_more(connected: SandboxBank) -> None:
    where = shop()
    row = approved(where, 10_000)
    at = pay_out(row)
    assert WorkItem.objects.get(kind=paying.WAITING).finished_at is None
    refund(PaymentOrder.objects.get(), 10_000)
    owner = card_holder(connected)
    type(where.merchant).objects.filter(pk=where.merchant.pk).update(owner=owner.customer)
    where.merchant.refresh_from_db()
    choose_card(where.merchant, owner)
    pay_out(row, at=at + paying.AGAIN_AFTER)
    assert (row.state, row.code, MerchantPayout.objects.count()) == ("carried", paying.TOO_LITTLE, 0)
    assert WorkItem.objects.get(kind=paying.WAITING).finished_by == "system"
    assert_books_balance()


def test_nothing_is_paid_out_to_a_suspended_merchant(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    suspend(who.merchant)
    pay_out(row)
    assert (row.state, row.code) == ("approved", "merchant_not_paid_out")
    assert standing(who.merchant) == {"available": 9_940}


def test_a_card_with_a_payout_on_its_way_is_not_unbound(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    paying.pay(settlement_id=row.id, at=start_of_day(row.due_on))
    with pytest.raises(Exception, match="card"):
        cards.unbind(customer_id=who.owner.customer.id, card_id=who.owner.card.id, at=clock.now())


def test_a_days_list_is_approved_as_it_was_proposed_or_not_at_all(connected: SandboxBank) -> None:
    first, second = seller(connected), seller(connected)
    sell(first.shop, 10_000)
    sell(second.shop, 20_000)
    day = end_day()
    with applying(approving.DAY, **PEOPLE), pytest.raises(approving.ListChanged):
        approving.approve_day(business_on=day, number=2, payout_fen=29_819, at=clock.now())
    assert set(Settlement.objects.values_list("state", flat=True)) == {"closed"}
    with pytest.raises(ApprovalNeeded):
        approving.approve_day(business_on=day, number=2, payout_fen=29_820, at=clock.now())
    assert approve_day(day) == 2
    with applying(approving.ONE, **PEOPLE), pytest.raises(WrongState):
        approving.approve(settlement_id=settled(first.shop, day).id, at=clock.now())
    for who, fen in ((first, 9_940), (second, 19_880)):
        row = settled(who.shop, day)
        pay_out(row)
        assert_paid_out(row, connected, who.owner, fen)
