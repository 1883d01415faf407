"""What a month brought, product by product: what was there before it, what came in, what went out, income, and what is there after it.
Every line and the sum add up to the fen."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from core.clock.queries import local_day
from core.errors import NotFound
from payments.wallet.statement import MONTH, month_span
from wealth.catalog import queries as catalog
from wealth.catalog.sockets import Told
from wealth.portfolio import queries
from wealth.portfolio.models import NO_PRODUCT, PortfolioDay
from wealth.portfolio.sockets import BESIDE
from wealth.portfolio.words import LABELS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Amounts:
    """Fen; the last is the first, and what was paid in, less what was paid out, and income."""

    opening_fen: int = 0
    paid_in_fen: int = 0
    paid_out_fen: int = 0
    income_fen: int = 0

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.paid_in_fen - self.paid_out_fen + self.income_fen


@dataclass(frozen=True)
class Line:
    kind: str
    code: str
    name: Told
    amounts: Amounts


@dataclass(frozen=True)
class Month:
    """`first` to `last` are the days it covers; `whole`: every day of the month is over."""

    first: date
    last: date
    whole: bool
    amounts: Amounts

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Statement:
    month: Month
    lines: Sequence[Line]


def months(customer_id: uuid.UUID) -> list[Month]:
    """Newest first, in three queries; months without anything are left out."""
    kept = queries.kept(customer_id)
    if kept is None:
        return []
    rows = queries.days(customer_id, since=kept.first, through=kept.last).order_by().annotate(month=TruncMonth("day"))
    sums = {
        row["month"]: Amounts(0, int(row["into"]), int(row["out_of"]), int(row["income"]))
        for row in rows.values("month").annotate(into=Sum("paid_in_fen"), out_of=Sum("paid_out_fen"), income=Sum("income_fen"))
    }
    ends = {min(month_end(month), kept.last): month for month in sums}
    found = PortfolioDay.objects.filter(customer_id=customer_id, day__in=list(ends)).order_by().values_list("day")
    closing = {ends[day]: int(value) for day, value in found.annotate(value=Sum("value_fen"))}
    return [covered(month, kept, opened(sums[month], closing.get(month, 0))) for month in sorted(sums, reverse=True)]


def statement(*, customer_id: uuid.UUID, month: str) -> Statement:
    """Raises NotFound for what is no month, and for one nothing is kept of."""
    kept = queries.kept(customer_id)
    if kept is None or MONTH.match(month) is None:
        raise NotFound()
    first = local_day(month_span(month)[0])
    lines = list(named(lines_of(customer_id, first, min(month_end(first), kept.last))))
    if not lines:
        raise NotFound()
    return Statement(covered(first, kept, total(line.amounts for line in lines)), lines)


def lines_of(customer_id: uuid.UUID, first: date, last: date) -> dict[tuple[str, uuid.UUID], Amounts]:
    rows = queries.days(customer_id, since=first, through=last).order_by().values("kind", "product_id")
    sums = rows.annotate(
        into=Sum("paid_in_fen"),
        out_of=Sum("paid_out_fen"),
        income=Sum("income_fen"),
        closing=Sum("value_fen", filter=Q(day=last), default=0),
    )
    return {
        (row["kind"], row["product_id"]): opened(Amounts(0, int(row["into"]), int(row["out_of"]), int(row["income"])), int(row["closing"]))
        for row in sums.order_by("kind", "product_id")
    }


def opened(moved: Amounts, closing_fen: int) -> Amounts:
    """With what must have been there before: days are kept from an installation's first on, so the day before may have no row."""
    return Amounts(closing_fen - moved.closing_fen, moved.paid_in_fen, moved.paid_out_fen, moved.income_fen)


def named(found: Mapping[tuple[str, uuid.UUID], Amounts]) -> Iterable[Line]:
    products = catalog.products({product_id for _, product_id in found if product_id != NO_PRODUCT})
    for (kind, product_id), amounts in found.items():
        product, beside = products.get(product_id), BESIDE.get(kind)
        if product is not None:
            yield Line(kind, product.code, Told(product.name_en, product.name_zh), amounts)
        else:
            yield Line(kind, "", beside.label if beside else LABELS.get(kind, Told(kind, kind)), amounts)


def total(amounts: Iterable[Amounts]) -> Amounts:
    found = list(amounts)
    return Amounts(
        sum(one.opening_fen for one in found),
        sum(one.paid_in_fen for one in found),
        sum(one.paid_out_fen for one in found),
        sum(one.income_fen for one in found),
    )


def covered(first: date, kept: queries.Kept, amounts: Amounts) -> Month:
    last = month_end(first)
    return Month(max(first, kept.first), min(last, kept.last), last <= kept.last, amounts)


def month_end(first: date) -> date:
    return (first.replace(day=1) + 31 * DAY).replace(day=1) - DAY
