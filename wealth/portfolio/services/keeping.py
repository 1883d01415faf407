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
ROOM = "SELECT set_config('work_mem', '256MB', true), set_config('jit', 'off', true)"
"""What is found is kept beside the statement that writes it: in memory, not on disk."""
SUMS = ("customers", "value_fen", "paid_in_fen", "paid_out_fen", "income_fen")


@transaction.atomic
def catch_up(*, part: int, through: date) -> int:
    """Keep what a part is behind, up to `through`, and anew what changed. The first time begins with that day. Returns the rows written; 0
    where it was done."""
    begin([part], through)
    book = PortfolioBook.objects.select_for_update().get(pk=part)
    rows, day = 0, book.anew_from or book.kept_through + DAY
    book.kept_through, book.anew_from = max(book.kept_through, through), None
    while day <= book.kept_through:
        rows += keep(part, day)
        day += DAY
    book.save(update_fields=["kept_through", "anew_from"])
    return rows


@transaction.atomic
def catch_up_together(*, parts: Sequence[int], through: date) -> int:
    """The same of parts that follow each other. Where they stand alike, as after every end of day, a day of all of them is one statement:
    rows of all parts lie in the same pages, so part after part would read every page as often as there are parts."""
    begin(parts, through)
    books = list(PortfolioBook.objects.select_for_update().filter(part__in=parts).order_by("part"))
    last = books[0].kept_through
    if any(book.anew_from or book.kept_through != last for book in books):
        return sum(catch_up(part=part, through=through) for part in parts)
    run(ROOM, {})
    rows, day = 0, last + DAY
    while day <= through:
        rows += keep_first(parts, day)
        day += DAY
    PortfolioBook.objects.filter(part__in=parts, kept_through__lt=through).update(kept_through=through)
    return rows


def begin(parts: Sequence[int], through: date) -> None:
    begins = [PortfolioBook(part=part, begun_on=through, kept_through=through - DAY) for part in parts]
    PortfolioBook.objects.bulk_create(begins, ignore_conflicts=True)


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


def keep(part: int, day: date) -> int:
    """Rows written."""
    values = {"day": day, "low": part * WIDTH, "high": (part + 1) * WIDTH}
    found = run(statements.keep(), values)
    sums = {(kind, product_id): figures for kind, product_id, *figures, _ in found if kind is not None}
    for row in PortfolioTotal.objects.filter(day=day, part=part):
        sums.setdefault((row.kind, row.product_id), [0] * len(SUMS))
    totals = [
        PortfolioTotal(day=day, part=part, kind=kind, product_id=product_id, **dict(zip(SUMS, figures, strict=True)))
        for (kind, product_id), figures in sorted(sums.items())
    ]
    keys = ["day", "part", "kind", "product_id"]
    PortfolioTotal.objects.bulk_create(totals, update_conflicts=True, unique_fields=keys, update_fields=list(SUMS))
    return int(found[0][-1])


def keep_first(parts: Sequence[int], day: date) -> int:
    """A day that nothing stands of, which the books' locks say. Rows written."""
    values = {"day": day, "low": parts[0] * WIDTH, "high": (parts[-1] + 1) * WIDTH, "width": WIDTH}
    found = run(statements.first(), values)
    PortfolioTotal.objects.bulk_create(
        PortfolioTotal(day=day, part=part, kind=kind, product_id=product_id, **dict(zip(SUMS, figures, strict=True)))
        for part, kind, product_id, *figures in sorted(found)
    )
    return sum(row[3] for row in found)


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
