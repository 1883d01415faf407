"""What an operator does at the desk when a channel leaves something open: ask, credit, unsign again, take as done."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.ledger.accounts import platform_account
from accounts.ledger.queries import balance
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.work.models import WorkItem
from payments.cards import services as cards
from payments.cards import unsigning
from payments.cards.models import Card
from payments.channels.models import ChannelRequest
from payments.wallet import journals
from payments.wallet.models import TopUp
from payments.wallet.services import top_ups
from tests.desk.people import staff, verified
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.bank_world import assert_settled, card_holder, request_of, settle_wallet, top_up
from tests.payments.wallet.test_card_money import amounts, late_success
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank

REASON = {"reason": "asked for by the customer"}


def approved(act: str) -> None:
    """A second person approves the one proposal of an act."""
    checker = verified(staff("cara", "finance_checker"))
    approval = Approval.objects.get(act=act)
    assert approval.state == "pending"
    assert checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"}).status_code == 302


def test_one_operator_asks_the_bank_about_an_unknown_result_and_sees_it(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], params={"hold_ms": 10}, times=1)
    request = request_of(top_up(who, 10_000))
    assert request.state == "unknown"
    address = reverse("admin:payments_channelrequest_ask", args=[request.pk])
    shown = verified(staff("sam", "support")).post(address, REASON, follow=True).content.decode()
    assert "The bank was asked: Success" in shown
    request.refresh_from_db()
    assert (request.state, request.queries) == ("success", 1)
    record = AuditRecord.objects.get(act="channel_request.ask")
    assert (record.actor, record.target, record.reason) == ("staff:sam", request.public_id, REASON["reason"])
    assert_settled(expected={who.customer: 10_000})


def test_a_question_while_every_seat_hangs_is_refused_on_the_page_and_is_on_record(connected: SandboxBank, settings: object) -> None:
    who = card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], params={"hold_ms": 10}, times=1)
    request = request_of(top_up(who, 10_000))
    settings.OUTBOUND_SEATS = 0  # type: ignore[attr-defined]
    address = reverse("admin:payments_channelrequest_ask", args=[request.pk])
    assert "slow to answer" in verified(staff("sam", "support")).post(address, REASON).content.decode()
    request.refresh_from_db()
    assert (request.state, request.queries, AuditRecord.objects.filter(act="channel_request.ask").count()) == ("unknown", 0, 1)


def refused_refund(bank: SandboxBank) -> TopUp:
    late = late_success(bank, card_holder(bank))
    bank.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    settle_wallet(clock.now() + timedelta(minutes=2))
    found = TopUp.objects.get(pk=late.pk)
    assert found.state == "to_manual"
    return found


def test_journal_6_a_refund_the_bank_refused_is_credited_by_two_people_once(connected: SandboxBank) -> None:
    manual = refused_refund(connected)
    assert balance(platform_account("payable:unapplied")).posted == 10_000
    address = reverse("admin:payments_topup_credit", args=[manual.pk])
    assert verified(staff("max", "finance_maker")).post(address, REASON).status_code == 302
    assert posted(manual.customer) == 0
    approved("top_up.credit")
    done = TopUp.objects.get(pk=manual.pk)
    assert (done.state, done.result, done.code) == ("credited", "succeeded", "")
    assert amounts(journals.TOP_UP_CREDITED) == {"payable:unapplied": -10_000, "user:balance": 10_000}
    item = WorkItem.objects.get(kind="top_up.refund_refused", target=manual.public_id)
    assert item.finished_by == "staff:cara"
    assert balance(platform_account("payable:unapplied")).posted == 0
    assert_settled(expected={manual.customer: 10_000})


def test_crediting_needs_an_approval_and_a_refused_refund_and_nothing_moves_without(connected: SandboxBank) -> None:
    manual = refused_refund(connected)
    with pytest.raises(ApprovalNeeded):
        top_ups.credit(top_up_id=manual.pk, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.filter(pk=manual.pk).update(state="credited")
    assert (TopUp.objects.get(pk=manual.pk).state, posted(manual.customer)) == ("to_manual", 0)
    paid = top_up(card_holder(connected), 1_000)
    address = reverse("admin:payments_topup_credit", args=[paid.pk])
    shown = verified(staff("max", "finance_maker")).post(address, REASON)
    assert (shown.status_code, Approval.objects.count()) == (200, 0)
    assert_books_balance()


def unreachable_unsign(bank: SandboxBank) -> Card:
    """An unbound card whose unsign call was refused at the door until it was tried enough."""
    who = card_holder(bank)
    bank.fault("system_busy", operations=["unsign"], times=1_000)
    card = cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    settle_wallet(clock.now())
    request = ChannelRequest.objects.get(operation="unsign")
    assert (request.state, request.sends) == ("failed", 12)
    item = WorkItem.objects.get(kind="card.unsign_failed")
    assert (item.target, item.facts["sends"], item.finished_at) == (card.public_id, 12, None)
    bank.clear_faults()
    return card


def test_an_unsigning_the_bank_never_took_is_an_operators_work_and_is_sent_again(connected: SandboxBank) -> None:
    card = unreachable_unsign(connected)
    operator = verified(staff("sam", "support"))
    address = reverse("admin:payments_card_unsign-again", args=[card.pk])
    assert operator.post(address, REASON).status_code == 302
    assert operator.post(address, REASON).status_code == 200
    assert ChannelRequest.objects.filter(operation="unsign", state="new").count() == 1
    settle_wallet(clock.now() + timedelta(minutes=2))
    assert connected.control("GET", f"agreements/{card.token}")["cancelled_by"] == "merchant"
    assert WorkItem.objects.get(kind="card.unsign_failed").finished_by == "system"
    with pytest.raises(unsigning.NothingToUnsign):
        unsigning.send_again(card_id=card.id, at=clock.now())


def test_an_unsigning_is_taken_as_done_by_two_people_alone(connected: SandboxBank) -> None:
    card = unreachable_unsign(connected)
    with pytest.raises(ApprovalNeeded):
        unsigning.take_as_done(card_id=card.id, at=clock.now())
    address = reverse("admin:payments_card_unsign-taken", args=[card.pk])
    assert verified(staff("sam", "support")).post(address, {"reason": "the bank's letter of today"}).status_code == 302
    assert WorkItem.objects.get(kind="card.unsign_failed").finished_at is None
    approved("card.unsign_taken")
    assert WorkItem.objects.get(kind="card.unsign_failed").finished_by == "staff:cara"
    assert ChannelRequest.objects.filter(operation="unsign").count() == 1
