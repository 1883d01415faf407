"""Reads of what was counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.tallies.models import DayTally
from core.tallies.sockets import Tally

Lines = Mapping[tuple[str, str], Tally]


@dataclass(frozen=True)
class Book:
    """What one room counted, by day. A day that was not counted has nothing."""

    days: Mapping[date, Lines] = field(default_factory=dict)

    def number(self, figure: str, days: Iterable[date], key: str | None = None) -> int:
        """How many on those days; of one key, or of all."""
        return sum(one.number for one in self.found(figure, days, key))

    def fen(self, figure: str, days: Iterable[date], key: str | None = None) -> int:
        return sum(one.fen for one in self.found(figure, days, key))

    def numbers(self, figure: str, days: Iterable[date], key: str | None = None) -> list[int]:
        """How many on each day."""
        return [self.number(figure, [day], key) for day in days]

    def amounts(self, figure: str, days: Iterable[date], key: str | None = None) -> list[int]:
        """How much in fen on each day."""
        return [self.fen(figure, [day], key) for day in days]

    def keys(self, figure: str, days: Iterable[date]) -> list[str]:
        """The keys of a figure on those days, the most frequent first."""
        totals: dict[str, int] = {}
        for one in self.found(figure, days, None):
            totals[one.key] = totals.get(one.key, 0) + one.number
        return sorted(totals, key=lambda key: (-totals[key], key))

    def found(self, figure: str, days: Iterable[date], key: str | None) -> list[Tally]:
        lines = [self.days.get(day, {}) for day in days]
        if key is not None:
            return [of_day[figure, key] for of_day in lines if (figure, key) in of_day]
        return [one for of_day in lines for one in of_day.values() if one.figure == figure]


@dataclass(frozen=True)
class Shelf:
    """The books of every room, and when each day was counted (by the room that was counted first)."""

    books: Mapping[str, Book]
    counted_at: Mapping[date, datetime]

    def book(self, source: str) -> Book:
        return self.books.get(source, Book())

    def uncounted(self, days: Sequence[date]) -> list[date]:
        return [day for day in days if day not in self.counted_at]


def shelf(first: date, last: date) -> Shelf:
    """What was counted of the days from `first` to `last`, in one query of a row a day and room."""
    books: dict[str, dict[date, Lines]] = {}
    counted_at: dict[date, datetime] = {}
    rows = DayTally.objects.filter(day__gte=first, day__lte=last).values_list("day", "source", "lines", "counted_at")
    for day, source, lines, at in rows:
        books.setdefault(source, {})[day] = {(figure, key): Tally(figure, key, number, fen) for figure, key, number, fen in lines}
        counted_at[day] = min(at, counted_at.get(day, at))
    return Shelf({source: Book(days) for source, days in books.items()}, counted_at)
