"""Days counted once and kept: counted again they are replaced, and read they cost one query."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.business_day import services as days
from core.business_day.end_of_day import catch_up
from core.tallies import queries, services, tasks
from core.tallies.models import DayTally
from core.tallies.queries import Book
from core.tallies.sockets import COUNTS, Tally
from tests.factories import plugged

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass
class Told:
    """Counts what it is told to."""

    tallies: list[Tally] = field(default_factory=list)
    asked: list[date] = field(default_factory=list)

    def count(self, *, day: date) -> Iterable[Tally]:
        self.asked.append(day)
        return list(self.tallies)


def test_a_day_counted_again_is_replaced_and_remembers_when() -> None:
    with plugged(COUNTS, Told([Tally("paid", "a", 2, 300), Tally("paid", "b", 1, 5)]), "rome") as told:
        assert services.count(day=DAY, at=NOON) == 1
        told.tallies = [Tally("paid", "a", 3, 400)]
        assert services.count(day=DAY, at=NOON + timedelta(hours=1)) == 1
    row = DayTally.objects.get(day=DAY)
    assert (row.source, row.lines, row.counted_at) == ("rome", [["paid", "a", 3, 400]], NOON + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="core_daytally_once"), transaction.atomic():
        DayTally.objects.create(day=DAY, source="rome", counted_at=NOON)


def test_a_book_sums_by_day_and_key_and_knows_what_is_most_frequent() -> None:
    one, two = DAY, DAY + timedelta(days=1)
    book = Book(
        {one: {("paid", "a"): Tally("paid", "a", 1, 10), ("paid", "b"): Tally("paid", "b", 4, 1)}, two: {("x", "b"): Tally("x", "b", 9)}}
    )
    assert (book.number("paid", [one, two]), book.fen("paid", [one]), book.number("paid", [two])) == (5, 11, 0)
    assert (book.numbers("paid", [one, two], "a"), book.amounts("paid", [one, two], "a")) == ([1, 0], [10, 0])
    assert book.keys("paid", [one, two]) == ["b", "a"]
    assert book.keys("paid", [two]) == []


def test_the_end_of_a_day_counts_it_and_the_week_before_again() -> None:
    days.open_first_day(at=NOON)
    with plugged(COUNTS, Told([Tally("paid", "", 1, 1)]), "rome") as told:
        assert catch_up(at=NOON + timedelta(hours=12)).closed == [DAY]
    assert told.asked == [DAY - timedelta(days=back) for back in reversed(range(7))]
    assert DayTally.objects.count() == 7


def test_the_present_day_is_counted_by_the_task() -> None:
    with plugged(COUNTS, Told([Tally("paid", "", 1, 1)]), "rome") as told:
        assert tasks.count_today() == 1
    assert list(DayTally.objects.values_list("day", flat=True)) == told.asked


def test_a_shelf_is_one_query_and_says_which_days_nobody_counted() -> None:
    with plugged(COUNTS, Told([Tally("paid", "a", 2, 300)]), "rome"):
        for back in range(3):
            services.count(day=DAY - timedelta(days=back), at=NOON)
    with CaptureQueriesContext(connection) as asked:
        found = queries.shelf(DAY - timedelta(days=1), DAY + timedelta(days=1))
    assert len(asked) == 1
    wanted = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    assert found.book("rome").numbers("paid", wanted) == [2, 2, 0]
    assert found.uncounted(wanted) == [DAY + timedelta(days=1)]
    assert (found.counted_at[DAY], found.book("nobody").keys("paid", wanted)) == (NOON, [])
