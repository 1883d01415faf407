"""Reads of debts."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from core.errors import NotFound
from credit.debts.models import Allocation, CreditTxn, Draw, Instalment, Plan
from credit.debts.states import DrawState, InstalmentState, PlanState

__all__ = ["Draw", "Instalment"]
LIVE = (InstalmentState.OPEN, InstalmentState.PAID)


def own_draws(customer_id: UUID) -> QuerySet[Draw]:
    return Draw.objects.select_related("line", "product", "version").filter(customer_id=customer_id)


def own_draw(customer_id: UUID, draw_id: UUID) -> Draw:
    """Raises NotFound, also for another's."""
    found = own_draws(customer_id).filter(pk=draw_id).first()
    if found is None:
        raise NotFound()
    return found


def draw(draw_id: UUID) -> Draw:
    """Raises NotFound."""
    found = Draw.objects.select_related("line", "product", "version").filter(pk=draw_id).first()
    if found is None:
        raise NotFound()
    return found


def open_draws(customer_id: UUID) -> QuerySet[Draw]:
    return own_draws(customer_id).filter(state=DrawState.OPEN)


def plan(draw_id: UUID) -> Plan:
    """The plan a draw is paid by, or was settled by."""
    return Plan.objects.get(draw_id=draw_id, state__in=(PlanState.CURRENT, PlanState.SETTLED))


def plans(draw_id: UUID) -> QuerySet[Plan]:
    return Plan.objects.filter(draw_id=draw_id).order_by("-number")


def instalments(draw_id: UUID) -> list[Instalment]:
    """What a draw asks and asked, the first first; without what other plans took the place of."""
    return list(Instalment.objects.filter(draw_id=draw_id, state__in=LIVE).order_by("number"))


def instalments_of(draw_ids: Iterable[UUID]) -> dict[UUID, list[Instalment]]:
    found: dict[UUID, list[Instalment]] = {}
    for row in Instalment.objects.filter(draw_id__in=list(draw_ids), state__in=LIVE).order_by("draw_id", "number"):
        found.setdefault(row.draw_id, []).append(row)
    return found


def plans_of(draw_ids: Iterable[UUID]) -> dict[UUID, Plan]:
    rows = Plan.objects.filter(draw_id__in=list(draw_ids), state__in=(PlanState.CURRENT, PlanState.SETTLED))
    return {row.draw_id: row for row in rows}


def txns(draw_id: UUID) -> QuerySet[CreditTxn]:
    return CreditTxn.objects.filter(draw_id=draw_id).order_by("-created_at", "-id")


def own_txns(customer_id: UUID) -> QuerySet[CreditTxn]:
    return CreditTxn.objects.filter(customer_id=customer_id)


def allocations(draw_id: UUID) -> dict[UUID, list[Allocation]]:
    """By transaction."""
    found: dict[UUID, list[Allocation]] = {}
    for row in Allocation.objects.filter(draw_id=draw_id).order_by("txn_id", "number", "toward"):
        found.setdefault(row.txn_id, []).append(row)
    return found


def unpaid() -> Q:
    asked = F("principal_fen") + F("interest_fen") + F("fee_fen") + F("penalty_fen")
    return Q(state=InstalmentState.OPEN) & Q(
        paid_principal_fen__lt=asked - F("paid_interest_fen") - F("paid_fee_fen") - F("paid_penalty_fen")
    )


def is_late(line_id: UUID, day: date) -> bool:
    """Whether anything of a line is unpaid beyond its days of grace."""
    return Instalment.objects.filter(unpaid(), line_id=line_id, late_from__lt=day).exists()
