"""Days kept: one part of the customers and one day in one statement, in the order of days. A day whose sources say otherwise later is kept
anew, with all after it; one that stands already writes nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least

from core.ids import SHARDS
from wealth.portfolio import queries, statements
from wealth.portfolio.models import PARTS, PortfolioBook, PortfolioTotal

WIDTH = SHARDS // PARTS
DAY = timedelta(days=1)
SUMS = ("customers", "value_fen", "paid_in_fen", "paid_out_fen", "income_fen")


@transaction.atomic
def catch_up(*, part: int, through: date) -> int:
    """Keep what a part is behind, up to `through`, and anew what changed. The first time begins with that day. Returns the rows written; 0
    where it was done."""
    book = PortfolioBook.objects.select_for_update().filter(pk=part).first() or begun(part, through)
    rows, day = 0, book.anew_from or book.kept_through + DAY
    book.kept_through, book.anew_from = max(book.kept_through, through), None
    while day <= book.kept_through:
        rows += keep([part], day)[part]
        day += DAY
    book.save(update_fields=["kept_through", "anew_from"])
    return rows


@transaction.atomic
def catch_up_parts(*, parts: Sequence[int], through: date) -> list[int]:
    """What `catch_up` does, for several parts: in one statement where they lie side by side and are behind by that one day, as they
    nearly always are."""
    books = list(PortfolioBook.objects.select_for_update().filter(part__in=parts).order_by("part"))
    in_step = [book for book in books if book.anew_from is None and book.kept_through == through - DAY]
    if len(in_step) < len(parts) or max(parts) - min(parts) >= len(parts):
        return [catch_up(part=part, through=through) for part in parts]
    rows = keep(parts, through)
    PortfolioBook.objects.filter(part__in=parts).update(kept_through=through)
    return [rows[part] for part in parts]


def begun(part: int, on: date) -> PortfolioBook:
    """Two at once begin one."""
    begins = PortfolioBook(part=part, begun_on=on, kept_through=on - DAY)
    PortfolioBook.objects.bulk_create([begins], ignore_conflicts=True)
    return PortfolioBook.objects.select_for_update().get(pk=part)


def catch_up_all(*, at: datetime) -> int:
    """Parts whose days changed after they were kept, a transaction each. A day whose end of day is not done is left to that."""
    through = queries.over_through()
    return 0 if through is None else sum(catch_up(part=part, through=through) for part in queries.behind(through))


@transaction.atomic
def reopen(*, low: int, high: int, since: date) -> int:
    """Days from `since` on of the parts of shards `low` to `high` (exclusive) are to be kept anew; returns how many parts."""
    kept = PortfolioBook.objects.filter(kept_through__gte=Greatest(F("begun_on"), Value(since)))
    rows = kept.filter(part__gte=low // WIDTH, part__lte=(high - 1) // WIDTH)
    return rows.update(anew_from=Least(F("anew_from"), Greatest(F("begun_on"), Value(since))))


def keep(parts: Sequence[int], day: date) -> dict[int, int]:
    """Rows written, by part. The parts lie side by side."""
    values = {"day": day, "low": min(parts) * WIDTH, "high": (max(parts) + 1) * WIDTH}
    written, sums = dict.fromkeys(parts, 0), {}
    for part, kind, product_id, *figures in run(statements.keep(WIDTH), values):
        if kind is None:
            written[part] = figures[0]
        else:
            sums[part, kind, product_id] = figures
    for row in PortfolioTotal.objects.filter(day=day, part__in=parts):
        sums.setdefault((row.part, row.kind, row.product_id), [0] * len(SUMS))
    totals = [
        PortfolioTotal(day=day, part=part, kind=kind, product_id=product_id, **dict(zip(SUMS, figures, strict=True)))
        for (part, kind, product_id), figures in sorted(sums.items())
    ]
    keys = ["day", "part", "kind", "product_id"]
    PortfolioTotal.objects.bulk_create(totals, update_conflicts=True, unique_fields=keys, update_fields=list(SUMS))
    return written


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
