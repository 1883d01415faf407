"""Proposing an agreement, signing it, pausing it, and ending it from either side."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import NotFound
from core.ids import new_id, shard_of
from core.moves import WrongState, advance
from core.outbox import services as outbox
from payments.agreements import queries
from payments.agreements.models import Agreement, terms_in_force
from payments.agreements.periods import Plan
from payments.agreements.refusals import AgreementNoUsed, AgreementOver, CapsUnfit, PlanUnfit
from payments.agreements.services import deducting
from payments.agreements.states import AGREEMENT_MOVES, AgreementEnd, AgreementState
from payments.cashier.services import preferring
from payments.merchants import queries as merchants
from payments.merchants.queries import MerchantApp
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "agreement"


@dataclass(frozen=True)
class NewAgreement:
    """What a merchant's app proposes. Fen."""

    out_agreement_no: str
    title: str
    cap_fen: int
    total_cap_fen: int | None
    plan: Plan


@transaction.atomic
def propose(*, app: MerchantApp, wanted: NewAgreement, at: datetime) -> Agreement:
    """A new agreement to sign, or the one that was made of the very same request before.

    Raises MerchantNotSelling, PlanUnfit, CapsUnfit, AgreementNoUsed.
    """
    merchants.require_selling(app.merchant_id)
    if not wanted.plan.fits:
        raise PlanUnfit(field="period")
    if wanted.total_cap_fen is not None and wanted.total_cap_fen < wanted.cap_fen:
        raise CapsUnfit(field="total_cap")
    made = Agreement(
        id=new_id(),
        merchant_id=app.merchant_id,
        app_id=app.id,
        shard=shard_of(app.merchant_id),
        out_agreement_no=wanted.out_agreement_no,
        title=wanted.title,
        cap_fen=wanted.cap_fen,
        total_cap_fen=wanted.total_cap_fen,
        period=wanted.plan.kind,
        period_days=wanted.plan.days,
        first_on=wanted.plan.first_on,
        expires_at=at + timedelta(days=terms_in_force(at).sign_days),
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as clash:
        earlier = queries.by_number(app.merchant_id, app.id, wanted.out_agreement_no)
        if earlier is None:
            raise
        if proposed(earlier) != wanted:
            raise AgreementNoUsed(field="out_agreement_no") from clash
        return earlier
    return made


def proposed(row: Agreement) -> NewAgreement:
    """The request an agreement was made of."""
    return NewAgreement(row.out_agreement_no, row.title, row.cap_fen, row.total_cap_fen, row.plan)


@transaction.atomic
def sign(*, intent: Intent, agreement_id: uuid.UUID, methods: Sequence[tuple[str, str]], at: datetime) -> Agreement:
    """The customer agrees, always with a proof: for the cap of one deduction, with the agreement as payee.

    Raises NotFound (also for one another signed), WrongState, AgreementOver, MerchantNotSelling, CustomerNotActive, UnknownMethod,
    MethodsTwice, StepUpNeeded and its kin.
    """
    row = queries.locked(agreement_id)
    if row.customer_id not in (None, intent.customer_id):
        raise NotFound()
    if row.state != AgreementState.ASKED:
        raise WrongState(state=str(row.state), wanted=AgreementState.SIGNED)
    if row.expires_at <= at:
        raise AgreementOver()
    merchants.require_selling(row.merchant_id)
    parties.require_active(intent.customer_id)
    preferring.refuse_unknown(intent.customer_id, methods)
    factors = authority.spend(intent=intent, purpose=PURPOSE, amount_fen=row.cap_fen, payee=row.public_id, at=at)
    kept = [f"{source} {ref}".strip() for source, ref in methods]
    facts: dict[str, Any] = {"customer_id": intent.customer_id, "factors": factors, "signed_at": at, "methods": kept}
    advance(row, AgreementState.SIGNED, moves=AGREEMENT_MOVES, at=at, **facts)
    tell("agreement.signed", row, at)
    return row


@transaction.atomic
def pause(*, customer_id: uuid.UUID, agreement_id: uuid.UUID, at: datetime) -> Agreement:
    """Take nothing until it is resumed; what is waiting is tried again then, as long as it lives. Raises NotFound, WrongState."""
    return advance(own(customer_id, agreement_id), AgreementState.SUSPENDED, moves=AGREEMENT_MOVES, at=at)


@transaction.atomic
def resume(*, customer_id: uuid.UUID, agreement_id: uuid.UUID, at: datetime) -> Agreement:
    """Raises NotFound, WrongState."""
    row = own(customer_id, agreement_id)
    if row.state == AgreementState.ASKED:
        raise NotFound()
    return advance(row, AgreementState.SIGNED, moves=AGREEMENT_MOVES, at=at)


@transaction.atomic
def cancel(*, customer_id: uuid.UUID, agreement_id: uuid.UUID, at: datetime) -> Agreement:
    """The customer ends it, at any time. Raises NotFound, WrongState."""
    return end(own(customer_id, agreement_id), AgreementEnd.CUSTOMER, at)


@transaction.atomic
def withdraw(*, merchant_id: uuid.UUID, agreement_id: uuid.UUID, at: datetime) -> Agreement:
    """The merchant ends it, signed or not. Raises NotFound, WrongState."""
    row = queries.locked(agreement_id)
    if row.merchant_id != merchant_id:
        raise NotFound()
    return end(row, AgreementEnd.MERCHANT, at)


@transaction.atomic
def expire(*, agreement_id: uuid.UUID, at: datetime) -> bool:
    """End one that nobody signed in time. Returns whether it was that."""
    row = queries.locked(agreement_id)
    if row.state != AgreementState.ASKED or row.expires_at > at:
        return False
    end(row, AgreementEnd.NOT_SIGNED, at)
    return True


def own(customer_id: uuid.UUID, agreement_id: uuid.UUID) -> Agreement:
    """A customer's own agreement, locked. Raises NotFound."""
    row = queries.locked(agreement_id)
    if row.customer_id != customer_id:
        raise NotFound()
    return row


def end(row: Agreement, why: str, at: datetime) -> Agreement:
    """No more is taken: what waits is called off, and what a bank was asked is closed there, or ends as the bank says."""
    advance(row, AgreementState.ENDED, moves=AGREEMENT_MOVES, at=at, end=why)
    for deduction in queries.open_under(row.id).select_for_update():
        deducting.call_off(row, deduction, at)
    tell("agreement.ended", row, at, end=str(why))
    return row


def tell(topic: str, row: Agreement, at: datetime, **facts: str) -> None:
    payload: outbox.Payload = {
        "agreement": row.public_id,
        "merchant": row.merchant_public_id,
        "app": row.app_public_id,
        "out_agreement_no": row.out_agreement_no,
        **facts,
    }
    outbox.publish(topic=topic, owner=row.merchant_id, payload=payload, at=at, key=row.public_id)
