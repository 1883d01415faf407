"""What no channel can end: money that comes back to a closed account, and refunds that are refused, ended by two people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.models import LedgerAccount
from accounts.ledger.queries import balance
from accounts.privacy import services as privacy
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.work.queries import waiting
from payments.cards import services as cards
from payments.channels import services as channels
from payments.wallet import journals
from payments.wallet.closing import Orders
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import by_hand, top_ups, withdrawals
from tests.desk.people import staff, verified
from tests.factories import open_session, proof
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.bank_world import Holder, card_holder, request_of, settle_wallet, withdraw
from tests.payments.wallet.test_card_money import amounts, late_success
from tests.payments.wallet.world import posted, terms
from tests.sandbox_bank import SandboxBank

REASON = "the bank's letter of today"
UNAPPLIED, BANK = platform_account("payable:unapplied"), platform_account("asset:bank")


@pytest.fixture
def mia(transactional_db: None) -> Client:
    return verified(staff("mia", "finance_maker"))


def propose(maker: Client, model: str, act: str, row: TopUp | Withdrawal, **fields: str) -> None:
    address = reverse(f"admin:payments_{model}_{act}", args=[row.pk])
    maker.post(address, {"reason": REASON, **fields}, follow=True)


def approve(act: str) -> None:
    approval = Approval.objects.get(act=act)
    assert approval.state == "pending"
    checker = verified(staff("cara", "finance_checker"))
    assert checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == "applied"


def closed_customer(bank: SandboxBank) -> tuple[Holder, Withdrawal]:
    """600 yuan and a fee of 2 withdrawn, the account closed when no return is looked for any more."""
    terms(free_fen_per_month=0, fee_bp=10, fee_min_fen=200)
    who = card_holder(bank, fen=60_200)
    paid = withdraw(who, 60_000)
    later = paid.changed_at + timedelta(days=7, seconds=1)
    assert Orders().obstacles(customer_id=who.customer.id, at=later) == []
    cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=later)
    session = open_session(who.customer, at=later).session
    token = proof(who.customer, session, purpose="close_account", at=later)
    privacy.close_account(customer_id=who.customer.id, session_id=session.id, reason="", proof=token, nonce="n", at=later)
    return who, paid


def come_back(bank: SandboxBank, order: Withdrawal) -> None:
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    bank.return_payout(merchant, request_of(order, "payout").request_no)
    channels.query(request_id=request_of(order, "payout").id, at=order.changed_at + timedelta(days=8))


def test_what_comes_back_to_a_closed_account_waits_as_unapplied_until_two_people_pay_it_out(connected: SandboxBank, mia: Client) -> None:
    who, paid = closed_customer(connected)
    come_back(connected, paid)
    back = Withdrawal.objects.get()
    assert (back.state, back.result, posted(who.customer), balance(UNAPPLIED).posted) == ("unclaimed", "returned", 0, 60_200)
    assert amounts(journals.WITHDRAWAL_UNCLAIMED) == {"transit:withdraw": -60_000, "income:fee": -200, "payable:unapplied": 60_200}
    assert (request_of(paid, "payout").owed, LedgerAccount.objects.get(id=customer_account(who.customer.id).id).state) == ("", "closed")
    assert [(item.target, item.facts["amount_fen"]) for item in waiting(kind=withdrawals.UNCLAIMED)] == [(paid.public_id, 60_200)]
    assert_books_balance()
    propose(mia, "withdrawal", "paid-by-hand", back, reference="")
    assert not Approval.objects.filter(act=by_hand.WITHDRAWAL_PAID).exists()
    propose(mia, "withdrawal", "paid-by-hand", back, reference="ICBC 4711")
    assert (Withdrawal.objects.get().state, balance(BANK).posted) == ("unclaimed", 0)
    approve(by_hand.WITHDRAWAL_PAID)
    done = Withdrawal.objects.get()
    assert (done.state, done.hand_reference, done.result) == ("by_hand", "ICBC 4711", "returned")
    assert amounts(journals.PAID_BY_HAND) == {"payable:unapplied": -60_200, "asset:bank": 60_200}
    assert (balance(UNAPPLIED).posted, waiting(kind=withdrawals.UNCLAIMED)) == (0, [])
    assert_books_balance()


def refused_refund(bank: SandboxBank) -> tuple[Holder, TopUp]:
    who = card_holder(bank)
    late = late_success(bank, who)
    bank.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    settle_wallet(clock.now() + timedelta(minutes=2))
    assert TopUp.objects.get().state == "to_manual"
    return who, late


def test_a_refused_refund_is_asked_of_the_bank_again_by_two_people(connected: SandboxBank, mia: Client) -> None:
    who, late = refused_refund(connected)
    propose(mia, "topup", "refund-again", late)
    assert TopUp.objects.get().state == "to_manual"
    approve(by_hand.REFUND_AGAIN)
    assert (TopUp.objects.get().state, waiting(kind=top_ups.REFUND_REFUSED)) == ("refunding", [])
    settle_wallet(clock.now() + timedelta(minutes=5))
    assert (TopUp.objects.get().state, connected.card(who.number)["balance_fen"]) == ("refunded", 100_000_00)
    assert (posted(who.customer), balance(UNAPPLIED).posted) == (0, 0)
    assert_books_balance()
    cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())


def test_a_refused_refund_is_paid_by_hand_by_two_people(connected: SandboxBank, mia: Client) -> None:
    who, late = refused_refund(connected)
    propose(mia, "topup", "paid-by-hand", late, reference="ICBC 4712")
    approve(by_hand.TOP_UP_PAID)
    done = TopUp.objects.get()
    assert (done.state, done.hand_reference, waiting(kind=top_ups.REFUND_REFUSED)) == ("by_hand", "ICBC 4712", [])
    assert amounts(journals.PAID_BY_HAND) == {"payable:unapplied": -10_000, "asset:bank": 10_000}
    assert (posted(who.customer), balance(UNAPPLIED).posted) == (0, 0)
    assert_books_balance()
    cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())


def test_nothing_is_ended_by_hand_outside_an_approval(connected: SandboxBank) -> None:
    _, late = refused_refund(connected)
    at = clock.now()
    with pytest.raises(ApprovalNeeded):
        by_hand.refund_again(top_up_id=late.id, at=at)
    with pytest.raises(ApprovalNeeded):
        by_hand.pay_top_up(top_up_id=late.id, reference="x", at=at)
    with pytest.raises(ApprovalNeeded):
        by_hand.pay_withdrawal(withdrawal_id=late.id, reference="x", at=at)
    assert (TopUp.objects.get().state, balance(UNAPPLIED).posted) == ("to_manual", 10_000)
    with pytest.raises(IntegrityError, match="payments_topup_by_hand"), transaction.atomic():
        TopUp.objects.update(state="by_hand")
