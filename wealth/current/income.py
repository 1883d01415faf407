"""Income booked: one part of a product's holders and one day in one statement, in the order of days, each with its control entry W3.

A control entry is dated to the day it books, as long as the books take that.

A day whose quote was revised is taken back with every day after it, the last first, and all are booked anew: holdings stand then as if
the quote had been right at first. Whoever calls holds the book of the part.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.ledger import periods
from accounts.ledger import services as ledger
from core.business_day import queries as business_days
from core.ids import SHARDS, new_id, public_id, shard_of
from core.outbox import services as outbox
from wealth.catalog import queries as catalog
from wealth.catalog.services.days import changed
from wealth.catalog.states import Carry
from wealth.current import journals, queries, statements
from wealth.current.models import PARTS, CurrentBook, CurrentQuote, CurrentRun
from wealth.rules.current import rate_e4

WIDTH = SHARDS // PARTS
DAY = timedelta(days=1)
FIRST_INCOME = "wealth.first_income"
ROOM = "SELECT set_config('work_mem', '256MB', true), set_config('jit', 'off', true)"
"""A day's rows are kept beside the statement that writes them: in memory, not on disk."""


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
    book = CurrentBook.objects.select_for_update(of=("self",)).get(product_id=product_id, part=part)
    first = book.booked_through + DAY
    rows = rebook(book, at=at)
    found = queries.quotes(product_id, since=book.booked_through + DAY, through=through)
    while book.booked_through < through and (quote := found.get(book.booked_through + DAY)):
        rows += forward([book], quote, holding_id=None, at=at)
        book.booked_through = quote.day
        book.save(update_fields=["booked_through"])
    if book.booked_through >= first:
        tell_changed(book, since=first, at=at)
    behind = book.booked_through < through and waits(book)
    return Done(rows, book.booked_through + DAY if behind else None)


@transaction.atomic
def catch_up_product(*, product_id: uuid.UUID, through: date, at: datetime) -> int:
    """The same of every part of a product; those that stand alike, as nearly all do, go on together. Returns the income rows written."""
    locked = CurrentBook.objects.select_for_update(of=("self",)).filter(product_id=product_id)
    books, rows = list(locked.order_by("part")), 0
    stale = {part for (part,) in run(statements.STALE_PARTS, {"product": product_id})}
    for part in sorted(stale):
        rows += catch_up(product_id=product_id, part=part, through=through, at=at).rows
    behind = sorted((book for book in books if book.booked_through < through and book.part not in stale), key=booked_through)
    for _, alike in groupby(behind, key=booked_through):
        rows += go_on(list(alike), through=through, at=at)
    return rows


def booked_through(book: CurrentBook) -> date:
    return book.booked_through


def go_on(books: Sequence[CurrentBook], *, through: date, at: datetime) -> int:
    """Locked books that stand alike, up to `through` or the first day without a quote. Returns the income rows written."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
    since, rows = books[0].booked_through + DAY, 0
    found, day = queries.quotes(books[0].product_id, since=since, through=through), since
    while day <= through and (quote := found.get(day)):
        rows += forward(books, quote, at=at)
        day += DAY
    if day > since:
        CurrentBook.objects.filter(pk__in=[book.pk for book in books]).update(booked_through=day - DAY)
        for book in books:
            tell_changed(book, since=since, at=at)
    return rows


def rebook(book: CurrentBook, *, at: datetime) -> int:
    """Everything from the first revised day on."""
    [(since,)] = run(statements.STALE, {"product": book.product_id, "part": book.part, "through": book.booked_through})
    if since is None:
        return 0
    tell_changed(book, since=since, at=at)
    return anew(book, holding_id=None, since=since, at=at)


def make_up(book: CurrentBook, *, holding_id: uuid.UUID, since: date, at: datetime) -> int:
    """One holding's days from `since` on, its units having been confirmed after they were booked."""
    tell_changed(book, since=since, at=at)
    return anew(book, holding_id=holding_id, since=since, at=at)


def tell_changed(book: CurrentBook, *, since: date, at: datetime) -> None:
    """Where days of a part that are over for everybody are booked only now."""
    if since <= queries.bookable_through():
        low = book.part * WIDTH
        changed(product_id=book.product_id, low=low, high=low + WIDTH, since=since, at=at)


def anew(book: CurrentBook, *, holding_id: uuid.UUID | None, since: date, at: datetime) -> int:
    """Rows written."""
    rows, day = 0, book.booked_through
    while day >= since:
        rows += backward(book, day, holding_id=holding_id, at=at)
        day -= DAY
    for quote in queries.quotes(book.product_id, since=since, through=book.booked_through).values():
        rows += forward([book], quote, holding_id=holding_id, at=at)
    return rows


def forward(books: Sequence[CurrentBook], quote: CurrentQuote, *, holding_id: uuid.UUID | None = None, at: datetime) -> int:
    """Book one day of some parts by its quote, in one statement: a pass over a table touches nearly all of its pages, whichever part it
    is for. Each part has its run and its control entry."""
    parts = [book.part for book in books]
    runs = CurrentRun.objects.filter(product_id=quote.product_id, part__in=parts, day=quote.day).aggregate(last=Max("booking"))
    booking = 0 if runs["last"] is None else runs["last"] + 1
    first, last = books[0], books[-1]
    made = [drafted(book, quote.day, holding_id, at) for book in books]
    monthly = catalog.product(first.product_id).current.carry == Carry.MONTHLY  # type: ignore[union-attr]
    ids = {run.part: run.pk for run in made}
    values = scope(first, quote.day, holding_id, last) | {
        "rate": rate_e4(quote.income_per_10k), "booking": booking, "runs": [ids.get(part) for part in range(PARTS)], "width": WIDTH,
    }  # fmt: skip
    found = {part: figures for part, *figures in run(statements.book(monthly=monthly), values)}
    first_paid: list[uuid.UUID] = []
    for one in made:
        one.booking, one.quote = booking, quote
        one.holdings, one.units_fen, one.income_fen, customers = found.get(one.part, (0, 0, 0, None))
        if holding_id is None or one.holdings:
            control(one, at)
        first_paid += customers or []
    if first_paid:
        tell_first(first.product_id, quote.day, first_paid, at)
    return sum(one.holdings for one in made)


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
    """Once a customer, whatever they hold. Called by deposits too, of the interest they pay."""
    values = {"day": day, "at": at, "customers": customers, "shards": [shard_of(customer) for customer in customers]}
    told = run(statements.FIRST, values)
    payload: outbox.Payload = {"product_id": public_id("prd", product_id), "day": day.isoformat()}
    outbox.publish_all(
        [
            outbox.announced(topic=FIRST_INCOME, owner=customer, payload={"customer_id": public_id("cus", customer), **payload}, at=at)
            for (customer,) in told
        ]
    )


def scope(book: CurrentBook, day: date, holding_id: uuid.UUID | None, last: CurrentBook | None = None) -> dict[str, Any]:
    """Of a part, or of several from it to `last`."""
    low, high = book.part * WIDTH, ((last or book).part + 1) * WIDTH - 1
    return {
        "product": book.product_id, "part": book.part, "low": low, "high": high, "day": day, "holding": holding_id,
    }  # fmt: skip


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
