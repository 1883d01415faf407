"""Reads of the days that are kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from core.ids import SHARDS, shard_of
from core.outbox.queries import undelivered
from wealth.catalog.services.days import CHANGED
from wealth.catalog.states import Kind
from wealth.current.queries import LONG_AGO, bookable_through
from wealth.portfolio.models import NO_PRODUCT, PARTS, Portfolio, PortfolioBook, PortfolioDay, PortfolioTotal
from wealth.rules.portfolio import DayFigures

PROTECTION = Kind.INSURANCE
"""A premium is no investment and a claim no income: neither counts in incomes and returns."""
PRODUCTS = ~Q(product_id=NO_PRODUCT)
FIGURES = ("value_fen", "paid_in_fen", "paid_out_fen", "income_fen")
__all__ = ["NO_PRODUCT", "Portfolio", "PortfolioDay", "PortfolioTotal"]


@dataclass(frozen=True)
class Kept:
    """The first and the last day that are kept."""

    first: date
    last: date


@dataclass(frozen=True)
class HistoryDay:
    """A day of what a customer has of products, and what stands beside them: what else they have, less what they owe."""

    products: DayFigures
    beside_fen: int


def over_through() -> date | None:
    """The last day whose end of day is done; None where none is."""
    found = bookable_through()
    return None if found == LONG_AGO else found


def behind(through: date) -> list[int]:
    """Parts with days to keep, or to keep anew."""
    rows = PortfolioBook.objects.filter(Q(kept_through__lt=through) | Q(anew_from__isnull=False))
    return list(rows.order_by("part").values_list("part", flat=True))


def changing() -> bool:
    """Whether days that are kept are known differently, and not kept anew yet."""
    return undelivered(CHANGED) or PortfolioBook.objects.filter(anew_from__isnull=False).exists()


def kept(customer_id: uuid.UUID) -> Kept | None:
    """What is kept of a customer's part; None before the first end of day."""
    book = PortfolioBook.objects.filter(part=part_of(customer_id), kept_through__gte=F("begun_on")).first()
    return None if book is None else Kept(book.begun_on, book.kept_through)


def kept_by_all() -> Kept | None:
    """The days that every part has; None where there are none."""
    found = PortfolioBook.objects.aggregate(first=Max("begun_on"), last=Min("kept_through"), parts=Count("pk"))
    if found["parts"] < PARTS or found["first"] > found["last"]:
        return None
    return Kept(found["first"], found["last"])


def days(customer_id: uuid.UUID, *, since: date, through: date) -> QuerySet[PortfolioDay]:
    return PortfolioDay.objects.filter(customer_id=customer_id, day__gte=since, day__lte=through)


OVERVIEW = """
SELECT k.begun_on, k.kept_through, d.day, d.value_fen, d.paid_in_fen, d.paid_out_fen, d.income_fen
FROM wealth_portfoliobook k LEFT JOIN LATERAL (
    SELECT d.day, sum(d.value_fen)::bigint AS value_fen, sum(d.paid_in_fen)::bigint AS paid_in_fen,
        sum(d.paid_out_fen)::bigint AS paid_out_fen, sum(d.income_fen)::bigint AS income_fen
    FROM wealth_portfolioday d
    WHERE d.customer_id = %(customer)s AND d.day >= k.begun_on AND d.day <= k.kept_through AND d.product_id <> %(none)s
        AND d.kind <> %(protection)s
    GROUP BY d.day
) d ON true
WHERE k.part = %(part)s AND k.kept_through >= k.begun_on ORDER BY d.day
"""


def kept_of_products(customer_id: uuid.UUID) -> tuple[Kept | None, list[DayFigures]]:
    """What is kept, and all of what a customer had of products that are there to earn, by day, in one query."""
    values: dict[str, Any] = {"customer": customer_id, "part": part_of(customer_id), "none": NO_PRODUCT, "protection": PROTECTION.value}
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, values)
        rows = cursor.fetchall()
    if not rows:
        return None, []
    return Kept(rows[0][0], rows[0][1]), [DayFigures(*row[2:]) for row in rows if row[2] is not None]


def part_of(customer_id: uuid.UUID) -> int:
    return shard_of(customer_id) * PARTS // SHARDS


def history(customer_id: uuid.UUID, *, since: date, through: date) -> list[HistoryDay]:
    """Every day from `since` to `through`, those with nothing too."""
    rows = days(customer_id, since=since, through=through).order_by()
    columns = {f"all_{name}": Sum(name, filter=PRODUCTS, default=0) for name in FIGURES} | {
        "beside": Sum("value_fen", filter=~PRODUCTS, default=0)
    }
    found: dict[date, dict[str, Any]] = {row["day"]: dict(row) for row in rows.values("day").annotate(**columns)}
    wanted = (since + timedelta(days=number) for number in range((through - since).days + 1))
    return [history_day(day, found.get(day)) for day in wanted]


def history_day(day: date, row: dict[str, Any] | None) -> HistoryDay:
    if row is None:
        return HistoryDay(DayFigures(day), 0)
    return HistoryDay(DayFigures(day, **{name: int(row[f"all_{name}"]) for name in FIGURES}), int(row["beside"]))


def totals(*, since: date, through: date) -> QuerySet[PortfolioTotal]:
    return PortfolioTotal.objects.filter(day__gte=since, day__lte=through)


def latest(rows: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The net value of several customers at the end of the last day that every part has."""
    through = kept_by_all()
    if through is None:
        return {}
    found = PortfolioDay.objects.filter(customer_id__in=rows, day=through.last).order_by().values_list("customer_id")
    return {customer_id: int(net) for customer_id, net in found.annotate(net=Sum("value_fen"))}


def own(customer_id: uuid.UUID) -> Portfolio | None:
    return Portfolio.objects.filter(pk=customer_id).first()
