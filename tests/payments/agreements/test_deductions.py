"""Signing, taking within the caps, trying again, and every way it ends; the ledger balances after each."""

from datetime import timedelta

import pytest

from accounts.security.services import StepUpNeeded
from core.clock import queries as clock
from core.errors import NotFound
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.agreements import queries, sweeps
from payments.agreements.closing import Agreements, Deductions
from payments.agreements.models import Agreement, Deduction
from payments.agreements.refusals import (
    AgreementNotInForce,
    AgreementNoUsed,
    AgreementOver,
    CapsUnfit,
    DeductionNotDue,
    DeductionOverCap,
    PeriodTaken,
    PlanUnfit,
)
from payments.agreements.services import signing
from payments.cards.services import CardInUse, unbind
from payments.cashier.models import PaymentOrder
from payments.cashier.services.funding import UnknownMethod
from payments.cashier.services.orders import OutTradeNoUsed
from tests.payments.agreements.world import ask, debit, hear, proposed, sign, signed, terms, today, weekly
from tests.payments.cashier.world import BALANCE, approved, assert_settled, booked, card_holder, fund, holder, intent, paying, pending, shop
from tests.payments.wallet.world import open_day
from tests.sandbox_bank import SandboxBank


@pytest.mark.django_db
def test_a_deduction_is_announced_and_then_taken_without_a_pin_by_the_one_commit() -> None:
    open_day()
    where, ann = shop(), holder(60_000, pin=True)
    row = signed(where, ann, cap=50_000)
    deduction = ask(where, row, 40_000)
    order = PaymentOrder.objects.get()
    assert (deduction.state, deduction.number, order.scene, order.payer_id) == ("waiting", 1, "deduction", ann.id)
    told = OutboxEvent.objects.get(topic="deduction.announced").payload
    assert (told["deduction"], told["customer"], told["amount_fen"]) == (deduction.public_id, str(ann.id), 40_000)
    assert debit(deduction, at=deduction.next_at - timedelta(seconds=1)).state == "waiting"
    assert debit(deduction).state == "paid"
    order.refresh_from_db()
    assert booked(order.journal_id) == {"user:balance": -40_000, "merchant:pending": 39_760, "income:fee": 240}
    paid = OutboxEvent.objects.get(topic="deduction.paid").payload
    assert (paid["agreement"], paid["order"], "customer" in paid) == (row.public_id, order.public_id, False)
    row.refresh_from_db()
    assert row.taken_fen == 40_000
    assert_settled(expected={ann: 20_000})


@pytest.mark.django_db
def test_signing_wants_a_proof_of_the_cap_and_is_the_signers_alone() -> None:
    open_day()
    where, ann, bob = shop(), holder(1_000, pin=True), holder(1_000, pin=True)
    row = proposed(where, cap=100)
    with pytest.raises(StepUpNeeded):
        signing.sign(intent=intent(ann), agreement_id=row.id, methods=[], at=clock.now())
    with pytest.raises(UnknownMethod):
        sign(ann, row, (("gold", ""),))
    assert sign(ann, row).state == "signed"
    with pytest.raises(NotFound):
        sign(bob, row)
    with pytest.raises(WrongState):
        sign(ann, row)
    with pytest.raises(NotFound):
        queries.seen_by(bob.id, row.id)
    for act in (signing.pause, signing.resume, signing.cancel):
        with pytest.raises(NotFound):
            act(customer_id=bob.id, agreement_id=row.id, at=clock.now())
    assert OutboxEvent.objects.filter(topic="agreement.signed").count() == 1


@pytest.mark.django_db
def test_what_cannot_be_proposed_is_refused_and_the_same_proposal_is_one_agreement() -> None:
    open_day()
    where = shop()
    with pytest.raises(PlanUnfit):
        proposed(where, plan=weekly().__class__("day", today(), 6))
    with pytest.raises(CapsUnfit):
        proposed(where, cap=100, total=99)
    first = proposed(where, number="A-1")
    assert proposed(where, number="A-1").id == first.id
    with pytest.raises(AgreementNoUsed):
        proposed(where, number="A-1", cap=4_999)
    ann = holder(0, pin=True)
    Agreement.objects.update(expires_at=clock.now())
    with pytest.raises(AgreementOver):
        sign(ann, first)
    assert sweeps.expire(shard=first.shard, at=clock.now()) == 1
    first.refresh_from_db()
    assert (first.state, first.end) == ("ended", "not_signed")


@pytest.mark.django_db
def test_nothing_is_asked_outside_the_window_over_the_caps_twice_a_period_or_of_another() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann, cap=5_000, total=6_000)
    later = signed(where, ann, plan=weekly(today() + timedelta(days=4)))
    with pytest.raises(DeductionNotDue) as refused:
        ask(where, later, 1)
    assert refused.value.members["opens_on"] == (today() + timedelta(days=1)).isoformat()
    with pytest.raises(DeductionOverCap):
        ask(where, row, 5_001)
    with pytest.raises(NotFound):
        ask(shop(), row, 1)
    with pytest.raises(AgreementNotInForce):
        ask(where, proposed(where), 1)
    first = ask(where, row, 5_000, number="T-1")
    assert ask(where, row, 5_000, number="T-1").id == first.id
    with pytest.raises(OutTradeNoUsed):
        ask(where, row, 4_999, number="T-1")
    with pytest.raises(DeductionOverCap) as over:
        ask(where, row, 1_001)
    assert over.value.members == {"most": 1_000}
    with pytest.raises(PeriodTaken):
        ask(where, row, 1_000)
    assert Deduction.objects.count() == 1
    assert debit(first).state == "paid"
    assert_settled(expected={ann: 45_000})


@pytest.mark.django_db
def test_who_is_short_is_tried_again_and_pays_when_there_is_money() -> None:
    open_day()
    where, ann = shop(), holder(100, pin=True)
    deduction = ask(where, signed(where, ann), 5_000)
    first = debit(deduction)
    assert (first.state, first.tries, first.code) == ("waiting", 1, "funding_not_covered")
    fund(ann, 10_000)
    assert debit(deduction).state == "paid"
    assert_settled(expected={ann: 5_100})


@pytest.mark.django_db
def test_the_last_try_that_fails_closes_the_order_and_frees_the_caps_and_the_period() -> None:
    open_day()
    terms(tries_most=2)
    where, ann = shop(), holder(100, pin=True)
    row = signed(where, ann, total=5_000)
    deduction = ask(where, row, 5_000)
    assert [debit(deduction).state for _ in range(2)] == ["waiting", "failed"]
    row.refresh_from_db()
    order = PaymentOrder.objects.get()
    assert (row.taken_fen, order.state, order.code) == (0, "closed", "deduction_funding_not_covered")
    assert OutboxEvent.objects.get(topic="deduction.failed").payload["code"] == "funding_not_covered"
    assert ask(where, row, 100).number == 1
    assert debit(Deduction.objects.latest("id")).state == "paid"
    assert_settled(expected={ann: 0})


@pytest.mark.django_db
def test_a_customer_pauses_resumes_and_cancels_at_any_time() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann)
    deduction = ask(where, row, 5_000)
    assert [one.code for one in Agreements().obstacles(customer_id=ann.id, at=clock.now())] == ["agreements_standing"]
    assert [one.code for one in Deductions().obstacles(merchant_id=where.merchant.id, at=clock.now())] == ["deductions_open"]
    signing.pause(customer_id=ann.id, agreement_id=row.id, at=clock.now())
    with pytest.raises(AgreementNotInForce):
        ask(where, row, 1)
    assert (debit(deduction).code, pending(where)) == ("agreement_suspended", 0)
    signing.resume(customer_id=ann.id, agreement_id=row.id, at=clock.now())
    signing.cancel(customer_id=ann.id, agreement_id=row.id, at=clock.now())
    hear()
    deduction.refresh_from_db()
    order = PaymentOrder.objects.get()
    assert (deduction.state, deduction.code, order.state) == ("failed", "agreement_ended", "closed")
    assert OutboxEvent.objects.filter(topic="deduction.failed").count() == 1
    assert OutboxEvent.objects.get(topic="agreement.ended").payload["end"] == "customer"
    for act in (signing.resume, signing.cancel):
        with pytest.raises(WrongState):
            act(customer_id=ann.id, agreement_id=row.id, at=clock.now())
    assert Agreements().obstacles(customer_id=ann.id, at=clock.now()) == []
    assert_settled(expected={ann: 50_000})


@pytest.mark.django_db
def test_the_merchant_ends_its_own_and_a_customer_may_pay_an_announced_one_in_the_app() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann)
    deduction, order = ask(where, row, 5_000), PaymentOrder.objects.get()
    paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=clock.now())
    hear()
    deduction.refresh_from_db()
    assert deduction.state == "paid"
    with pytest.raises(NotFound):
        signing.withdraw(merchant_id=shop().merchant.id, agreement_id=row.id, at=clock.now())
    assert signing.withdraw(merchant_id=where.merchant.id, agreement_id=row.id, at=clock.now()).end == "merchant"
    assert_settled(expected={ann: 45_000})


def test_a_card_named_is_charged_kept_bound_meanwhile_and_a_declined_one_is_tried_again(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    row = signed(where, who.customer, (("card", who.card.public_id),))
    deduction = ask(where, row, 5_000)
    with pytest.raises(CardInUse):
        unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    first = debit(deduction, at=clock.now() + timedelta(hours=3))
    assert (first.state, first.tries, first.code) == ("waiting", 1, "INSUFFICIENT_FUNDS")
    second = debit(deduction)
    assert (second.state, connected.card(who.number)["balance_fen"]) == ("paid", 100_000_00 - 5_000)
    assert OutboxEvent.objects.filter(topic="deduction.paid").count() == 1
    assert_settled(expected={who.customer: 0})
