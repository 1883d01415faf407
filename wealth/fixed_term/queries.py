"""Reads of fixed terms."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from core.errors import NotFound
from wealth.fixed_term.models import FixedHolding, FixedMove, FixedPart, FixedRun
from wealth.fixed_term.states import OPEN, PartState

__all__ = ["FixedHolding", "FixedRun"]


def own(customer_id: UUID) -> QuerySet[FixedHolding]:
    """A customer's lots with what they are of."""
    return FixedHolding.objects.filter(customer_id=customer_id).select_related("product__current", "version__product")


def own_one(customer_id: UUID, holding_id: UUID) -> FixedHolding:
    """Raises NotFound, also for another's."""
    found = own(customer_id).filter(pk=holding_id).first()
    if found is None:
        raise NotFound()
    return found


def lot(holding_id: UUID) -> FixedHolding:
    """Raises NotFound."""
    found = FixedHolding.objects.select_related("product__current", "version__product").filter(pk=holding_id).first()
    if found is None:
        raise NotFound()
    return found


def open_of(customer_id: UUID) -> QuerySet[FixedHolding]:
    return FixedHolding.objects.filter(customer_id=customer_id, state__in=OPEN)


def moves(holding_id: UUID) -> QuerySet[FixedMove]:
    return FixedMove.objects.filter(holding_id=holding_id).order_by("id")


def due(shard: int, at: datetime) -> QuerySet[FixedHolding, UUID]:
    """Lots of a shard whose issuer is still to be asked."""
    return FixedHolding.objects.filter(shard=shard, due_at__lte=at).order_by("due_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    return sorted(FixedHolding.objects.filter(due_at__lte=at).order_by().values_list("shard", flat=True).distinct())


def late(through: date) -> QuerySet[FixedHolding]:
    """Lots that should have been paid by then."""
    return FixedHolding.objects.filter(state__in=OPEN, matures_on__lte=through)


def past_due(today: date) -> QuerySet[FixedHolding]:
    """Lots whose day is over and that are not settled: set-aside parts, or an end of day that did not run."""
    return late(today - timedelta(days=1))


def set_aside_for(order_ids: Collection[UUID]) -> dict[UUID, int]:
    """Fen of the parts that are set aside now, by what they are set aside for."""
    return dict(FixedPart.objects.filter(pk__in=order_ids, state=PartState.FROZEN).values_list("order_id", "principal_fen"))
