"""Reads of agreements and deductions."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import public_id
from payments.agreements.models import Agreement, Deduction, terms_in_force
from payments.agreements.states import OPEN, STANDING, AgreementState, DeductionState


def found(rows: QuerySet[Agreement], agreement_id: uuid.UUID) -> Agreement:
    """Raises NotFound."""
    row = rows.select_related("merchant").filter(pk=agreement_id).first()
    if row is None:
        raise NotFound()
    return row


def agreement(agreement_id: uuid.UUID) -> Agreement:
    """Raises NotFound."""
    return found(Agreement.objects.all(), agreement_id)


def seen_by(customer_id: uuid.UUID, agreement_id: uuid.UUID) -> Agreement:
    """An agreement as a customer may see it: one that nobody signed, or their own. Raises NotFound."""
    return found(Agreement.objects.filter(Q(customer_id=customer_id) | Q(state=AgreementState.ASKED)), agreement_id)


def signed_by(customer_id: uuid.UUID) -> QuerySet[Agreement]:
    return Agreement.objects.filter(customer_id=customer_id)


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[Agreement]:
    return Agreement.objects.filter(merchant_id=merchant_id)


def by_number(merchant_id: uuid.UUID, app_id: uuid.UUID, out_agreement_no: str) -> Agreement | None:
    return Agreement.objects.filter(merchant_id=merchant_id, app_id=app_id, out_agreement_no=out_agreement_no).first()


def locked(agreement_id: uuid.UUID) -> Agreement:
    """The first lock of every act on an agreement and what is under it. Raises NotFound."""
    row = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if row is None:
        raise NotFound()
    return row


def locked_deduction(deduction_id: uuid.UUID) -> Deduction:
    """Behind its agreement."""
    return Deduction.objects.select_for_update().get(pk=deduction_id)


def deduction(deduction_id: uuid.UUID) -> Deduction:
    """With its agreement and order. Raises NotFound."""
    row = Deduction.objects.select_related("agreement", "order").filter(pk=deduction_id).first()
    if row is None:
        raise NotFound()
    return row


def of_order(order_id: uuid.UUID) -> Deduction | None:
    return Deduction.objects.filter(order_id=order_id).first()


def deductions(agreement_id: uuid.UUID) -> QuerySet[Deduction]:
    return Deduction.objects.filter(agreement_id=agreement_id).select_related("order")


def of_period(agreement_id: uuid.UUID, number: int) -> Deduction | None:
    """The deduction that stands for a period."""
    return Deduction.objects.filter(~Q(state=DeductionState.FAILED), agreement_id=agreement_id, number=number).first()


def open_under(agreement_id: uuid.UUID) -> QuerySet[Deduction]:
    return Deduction.objects.filter(agreement_id=agreement_id, state__in=OPEN).order_by("id")


def open_with_card(card_id: uuid.UUID) -> int:
    """How many deductions under agreements that name a card are not over."""
    named = [f"card {public_id('crd', card_id)}"]
    return Deduction.objects.filter(state__in=OPEN, agreement__methods__contains=named).count()


def standing_of(customer_id: uuid.UUID) -> int:
    """How many agreements of a customer stand, or have a deduction that is not over."""
    return (
        signed_by(customer_id).filter(state__in=STANDING).count()
        + Deduction.objects.filter(customer_id=customer_id, state__in=OPEN).count()
    )


def open_of_merchant(merchant_id: uuid.UUID) -> int:
    """How many deductions of a merchant are not over."""
    return Deduction.objects.filter(agreement__merchant_id=merchant_id, state__in=OPEN).count()


def due(shard: int, at: datetime) -> QuerySet[Deduction, uuid.UUID]:
    rows = Deduction.objects.filter(shard=shard, state=DeductionState.WAITING, next_at__lte=at)
    return rows.order_by("next_at", "id").values_list("id", flat=True)


def unsigned(shard: int, at: datetime) -> QuerySet[Agreement, uuid.UUID]:
    rows = Agreement.objects.filter(shard=shard, state=AgreementState.ASKED, expires_at__lte=at)
    return rows.order_by("expires_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[tuple[str, int]]:
    """Which sweeps have something to do on which shards."""
    rows: dict[str, Iterable[int]] = {
        "debit": Deduction.objects.filter(state=DeductionState.WAITING, next_at__lte=at).values_list("shard", flat=True),
        "expire": Agreement.objects.filter(state=AgreementState.ASKED, expires_at__lte=at).values_list("shard", flat=True),
    }
    return [(name, shard) for name, shards in rows.items() for shard in sorted(set(shards))]


def tries_most(at: datetime) -> int:
    """How often a deduction is tried at most, as the rules are at `at`."""
    return terms_in_force(at).tries_most
