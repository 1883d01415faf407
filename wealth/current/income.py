"""Income booked: one part of a product's holders and one day in one statement, in the order of days, each with its control entry W3.

A control entry is dated to the day it books, as long as the books take that.

A day whose quote was revised is taken back with every day after it, the last first, and all are booked anew: holdings stand then as if
the quote had been right at first. Whoever calls holds the book of the part.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from accounts.ledger import periods
from accounts.ledger import services as ledger
from core.business_day import queries as business_days
from core.ids import SHARDS, new_id, public_id
from core.outbox import services as outbox
from wealth.catalog.services.days import changed
from wealth.catalog.states import Carry
from wealth.current import journals, queries, statements
from wealth.current.models import PARTS, CurrentBook, CurrentQuote, CurrentRun
from wealth.rules.current import rate_e4

WIDTH = SHARDS // PARTS
DAY = timedelta(days=1)
FIRST_INCOME = "wealth.first_income"


@dataclass(frozen=True)
class Done:
    """Income rows written, and the day whose quote is missing (None: nothing waits)."""

    rows: int
    waits_for: date | None


def part_of(shard: int) -> int:
    return shard // WIDTH


@transaction.atomic
def catch_up(*, product_id: uuid.UUID, part: int, through: date, at: datetime) -> Done:
    """Book what a part is behind, up to `through`, and anew what was booked by quotes that are in force no more. Done before: no rows."""
    [done] = go_on(CurrentBook.objects.filter(product_id=product_id, part=part), through=through, at=at)
    return done


@transaction.atomic
def catch_up_part(*, part: int, through: date, at: datetime) -> int:
    """What `catch_up` does, for every product of a part: what is read first is read once for all. Returns the rows written."""
    return sum(done.rows for done in go_on(CurrentBook.objects.filter(part=part), through=through, at=at))


def go_on(wanted: QuerySet[CurrentBook], *, through: date, at: datetime) -> list[Done]:
    """Books of one part, locked here."""
    books = list(wanted.select_for_update(of=("self",)).select_related("product__current").order_by("product_id"))
    if not books:
        return []
    stale: dict[uuid.UUID, date] = dict(run(statements.STALE, {"books": [book.pk for book in books]}))
    since = min(book.booked_through for book in books) + DAY
    found = queries.quotes_of([book.product_id for book in books], since=since, through=through)
    firsts = {book.pk: min(stale.get(book.product_id, book.booked_through + DAY), book.booked_through + DAY) for book in books}
    done = [book_on(book, stale.get(book.product_id), found[book.product_id], through=through, at=at) for book in books]
    tell_changed([(book, firsts[book.pk]) for book in books if book.booked_through >= firsts[book.pk]], at=at)
    return done


def book_on(book: CurrentBook, stale: date | None, quotes: Mapping[date, CurrentQuote], *, through: date, at: datetime) -> Done:
    """One book: anew from the first stale day on, then the days whose quotes are here."""
    rows, first = 0 if stale is None else anew(book, holding_id=None, since=stale, at=at), book.booked_through
    while book.booked_through < through and (quote := quotes.get(book.booked_through + DAY)):
        rows += forward(book, quote, holding_id=None, at=at)
        book.booked_through = quote.day
    if book.booked_through > first:
        book.save(update_fields=["booked_through"])
    behind = book.booked_through < through and waits(book)
    return Done(rows, book.booked_through + DAY if behind else None)


def make_up(book: CurrentBook, *, holding_id: uuid.UUID, since: date, at: datetime) -> int:
    """One holding's days from `since` on, its units having been confirmed after they were booked."""
    tell_changed([(book, since)], at=at)
    return anew(book, holding_id=holding_id, since=since, at=at)


def tell_changed(booked: Sequence[tuple[CurrentBook, date]], *, at: datetime) -> None:
    """Where days of a part that are over for everybody are booked only now: from which day on, of each book."""
    over = queries.bookable_through() if booked else None
    for book, since in booked:
        if over is not None and since <= over:
            low = book.part * WIDTH
            changed(product_id=book.product_id, low=low, high=low + WIDTH, since=since, at=at)


def anew(book: CurrentBook, *, holding_id: uuid.UUID | None, since: date, at: datetime) -> int:
    """Rows written."""
    rows, day = 0, book.booked_through
    while day >= since:
        rows += backward(book, day, holding_id=holding_id, at=at)
        day -= DAY
    for quote in queries.quotes(book.product_id, since=since, through=book.booked_through).values():
        rows += forward(book, quote, holding_id=holding_id, at=at)
    return rows


def forward(book: CurrentBook, quote: CurrentQuote, *, holding_id: uuid.UUID | None, at: datetime) -> int:
    """Book one day by its quote."""
    made = drafted(book, quote.day, holding_id, at)
    last = CurrentRun.objects.filter(product_id=book.product_id, part=book.part, day=quote.day).aggregate(last=Max("booking"))["last"]
    made.booking, made.quote = (0 if last is None else last + 1), quote
    monthly = book.product.current.carry == Carry.MONTHLY  # type: ignore[union-attr]
    values = scope(book, quote.day, holding_id) | {"rate": rate_e4(quote.income_per_10k), "booking": made.booking, "run": made.pk}
    [(made.holdings, made.units_fen, made.income_fen, customers)] = run(statements.book(monthly=monthly), values)
    if holding_id is None or made.holdings:
        control(made, at)
    if customers:
        tell_first(book.product_id, quote.day, customers, at)
    return made.holdings


def backward(book: CurrentBook, day: date, *, holding_id: uuid.UUID | None, at: datetime) -> int:
    """Take back what stands of one day, every day after it being taken back already."""
    made = drafted(book, day, holding_id, at)
    made.reversal = True
    values = scope(book, day, holding_id) | {"run": made.pk, "before": day - DAY}
    [(made.holdings, made.units_fen, made.income_fen, _)] = run(statements.TAKE_BACK, values)
    if made.holdings:
        last = CurrentRun.objects.filter(product_id=book.product_id, part=book.part, day=day).aggregate(last=Max("booking"))["last"]
        made.booking = last
        control(made, at)
    return made.holdings


def drafted(book: CurrentBook, day: date, holding_id: uuid.UUID | None, at: datetime) -> CurrentRun:
    return CurrentRun(product_id=book.product_id, day=day, part=book.part, holding_id=holding_id, created_at=at)


def control(made: CurrentRun, at: datetime) -> None:
    """The run's row and its control entry."""
    legs = journals.income(product_id=made.product_id, income_fen=made.income_fen)
    made.booked_on = periods.effective_day(made.day) or business_days.current()
    if legs:
        made.journal_id = new_id()
        ledger.post(
            journal_id=made.journal_id,
            event=journals.INCOME,
            legs=legs,
            at=at,
            reference=public_id(CurrentRun.PREFIX, made.pk),
            effective_on=made.booked_on,
        )
    made.save(force_insert=True)


def waits(book: CurrentBook) -> bool:
    """Whether anybody of the part had units on the day after the last booked one."""
    [(anybody,)] = run(statements.WAITS.replace("{waiting}", ""), scope(book, book.booked_through + DAY, None))
    return bool(anybody)


def tell_first(product_id: uuid.UUID, day: date, customers: list[uuid.UUID], at: datetime) -> None:
    """Once a customer, whatever they hold."""
    told = run(statements.FIRST, {"product": product_id, "day": day, "at": at, "customers": customers})
    payload: outbox.Payload = {"product_id": public_id("prd", product_id), "day": day.isoformat()}
    outbox.publish_all(
        [
            outbox.announced(topic=FIRST_INCOME, owner=customer, payload={"customer_id": public_id("cus", customer), **payload}, at=at)
            for (customer,) in told
        ]
    )


def scope(book: CurrentBook, day: date, holding_id: uuid.UUID | None) -> dict[str, Any]:
    low = book.part * WIDTH
    return {
        "product": book.product_id, "part": book.part, "low": low, "high": low + WIDTH - 1, "day": day, "holding": holding_id,
    }  # fmt: skip


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
