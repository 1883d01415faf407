"""Reads of credit lines."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Case, F, Model, QuerySet, Value, When

from core.clock.queries import local_day
from core.errors import NotFound
from credit.lines.models import CreditLine, LineEvent, LineRaise
from credit.lines.states import LIVING, LineState, RaiseState

Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row]) -> Row:
    """Raises NotFound."""
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def own_lines(customer_id: UUID) -> QuerySet[CreditLine]:
    return CreditLine.objects.select_related("product", "version").filter(customer_id=customer_id)


def own_line(customer_id: UUID, line_id: UUID) -> CreditLine:
    """Raises NotFound."""
    return one(own_lines(customer_id).filter(pk=line_id))


def line(line_id: UUID) -> CreditLine:
    """Raises NotFound."""
    return one(CreditLine.objects.select_related("product", "version").filter(pk=line_id))


def living(customer_id: UUID, product_id: UUID) -> CreditLine | None:
    """The line or invitation a customer has of a product."""
    return CreditLine.objects.filter(customer_id=customer_id, product_id=product_id, state__in=LIVING).first()


def alive_of(customer_id: UUID) -> QuerySet[CreditLine]:
    return CreditLine.objects.filter(customer_id=customer_id, state__in=LIVING)


def limit_on(row: CreditLine, day: date) -> int:
    """Fen that may be owed on a day, with what is temporary."""
    temporary = row.temporary_from is not None and row.temporary_until is not None and row.temporary_from <= day <= row.temporary_until
    return row.limit_fen + (row.temporary_fen if temporary else 0)


def available_fen(row: CreditLine, day: date) -> int:
    """What may still be drawn on a day; nothing of a line that does not lend."""
    return max(limit_on(row, day) - row.used_fen, 0) if row.state == LineState.ACTIVE else 0


def with_room(rows: QuerySet[CreditLine], amount_fen: int, day: date) -> QuerySet[CreditLine]:
    """Those on which so much more may be owed, as `limit_on` says it."""
    more = Case(When(temporary_from__lte=day, temporary_until__gte=day, then=F("temporary_fen")), default=Value(0))
    return rows.filter(used_fen__lte=F("limit_fen") + more - Value(amount_fen))


def owing(customer_id: UUID) -> bool:
    return CreditLine.objects.filter(customer_id=customer_id, used_fen__gt=0).exists()


def events(line_id: UUID) -> QuerySet[LineEvent]:
    return LineEvent.objects.filter(line_id=line_id).order_by("-at", "-id")


def own_raises(customer_id: UUID) -> QuerySet[LineRaise]:
    return LineRaise.objects.filter(customer_id=customer_id)


def raises_of(line_id: UUID) -> QuerySet[LineRaise]:
    return LineRaise.objects.filter(line_id=line_id).order_by("-created_at", "-id")


def own_raise(customer_id: UUID, raise_id: UUID) -> LineRaise:
    """Raises NotFound."""
    return one(own_raises(customer_id).filter(pk=raise_id))


def raise_(raise_id: UUID) -> LineRaise:
    """Raises NotFound."""
    return one(LineRaise.objects.select_related("line__version", "line__product").filter(pk=raise_id))


def open_raises() -> QuerySet[LineRaise]:
    return LineRaise.objects.filter(state=RaiseState.OPEN)


def over_invitations(shard: int, at: datetime) -> QuerySet[CreditLine, UUID]:
    rows = CreditLine.objects.filter(shard=shard, state=LineState.INVITED, valid_until__lt=local_day(at))
    return rows.order_by("valid_until", "id").values_list("id", flat=True)


def to_review(shard: int, at: datetime) -> QuerySet[CreditLine, UUID]:
    rows = CreditLine.objects.filter(shard=shard, state=LineState.ACTIVE, review_on__lte=local_day(at))
    return rows.order_by("review_on", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    """Shards with anything to do."""
    today = local_day(at)
    found = (
        CreditLine.objects.filter(state=LineState.INVITED, valid_until__lt=today),
        CreditLine.objects.filter(state=LineState.ACTIVE, review_on__lte=today),
    )
    return sorted({shard for rows in found for shard in rows.order_by().values_list("shard", flat=True).distinct()})
