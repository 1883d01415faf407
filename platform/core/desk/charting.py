"""What rooms give the dashboard: figures, charts by day and rankings, from what was counted of each day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.desk.masking import yuan
from core.desk.sockets import Words
from core.sockets import Socket
from core.tallies.queries import Book, Shelf

WHOLE_BP = 10_000


class Unit(StrEnum):
    """What the values of a series are: a count, fen (shown as yuan), basis points (shown as per cent)."""

    NUMBER = "number"
    YUAN = "yuan"
    SHARE = "share"


class Shape(StrEnum):
    STACKED = "stacked"
    GROUPED = "grouped"
    LINES = "lines"


@dataclass(frozen=True)
class Span:
    """The days that are shown, the last one being today; as many days before them, or none where they cannot be compared; and what was
    counted of both."""

    days: Sequence[date]
    before: Sequence[date]
    shelf: Shelf
    at: datetime

    def book(self, source: str) -> Book:
        return self.shelf.book(source)


@dataclass(frozen=True)
class Tile:
    """One figure of the whole span. Only those who see `page` (a model's label) see it; `link` leads to the rows."""

    title: Words
    value: str
    page: str
    detail: Words = ""
    link: str = ""


@dataclass(frozen=True)
class Series:
    """A value a day, None where there is nothing to say; what is not `drawn` stands in the chart's table alone."""

    name: Words
    values: Sequence[int | None]
    unit: Unit = Unit.NUMBER
    drawn: bool = True


@dataclass(frozen=True)
class Chart:
    """Series by day. `statement` is the chart in a sentence or two; `leads`: it is on the first page too."""

    name: str
    title: Words
    page: str
    statement: Words
    series: Sequence[Series]
    shape: Shape = Shape.STACKED
    leads: bool = False


@dataclass(frozen=True)
class Rank:
    """A row of a ranking: a label, the figure its bar shows, and the cells beside it."""

    label: Words
    value: int
    cells: Sequence[object] = ()


@dataclass(frozen=True)
class Ranking:
    """What there is most of, as a table with bars; `header` names the label, the value and each further cell, of which the last `words`
    are text."""

    name: str
    title: Words
    page: str
    statement: Words
    header: Sequence[Words]
    rows: Sequence[Rank] = field(default_factory=list)
    words: int = 0


@runtime_checkable
class Charts(Protocol):
    """A room's part of the dashboard."""

    order: int

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        """From the room's book of the span; beyond it only queries whose cost does not grow with history."""


CHARTS: Socket[Charts] = Socket("core.desk.charts", Charts)


def shown(value: int | None, unit: Unit) -> str:
    """In full: `1,234`, `1,234.56`, `98.76%`."""
    if value is None:
        return "-"
    if unit == Unit.SHARE:
        return f"{value // 100}.{value % 100:02d}%"
    return yuan(value) if unit == Unit.YUAN else f"{value:,}"


def in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def short(value: int, unit: Unit) -> str:
    """As it stands at an axis: whole per cent, yuan and counts in large units (`12k`, `1.2万`)."""
    if unit == Unit.SHARE:
        return f"{value // 100}%"
    number = value // 100 if unit == Unit.YUAN else value
    sizes = ((100_000_000, "亿"), (10_000, "万")) if in_chinese() else ((1_000_000_000, "bn"), (1_000_000, "m"), (10_000, "k"))
    for size, word in sizes:
        if number >= size:
            divisor = 1000 if word == "k" else size
            return f"{number / divisor:.2f}".rstrip("0").rstrip(".") + word
    return f"{number:,}"


def share_bp(part: int, whole: int) -> int | None:
    """A part of a whole in basis points, rounded half up; None of nothing."""
    return (2 * part * WHOLE_BP + whole) // (2 * whole) if whole else None


def compared(now: int, before: int, days: int) -> str:
    """A figure beside that of as many days before."""
    if not before:
        return _("no figures of the {days} days before").format(days=days)
    change = share_bp(abs(now - before), before)
    words = _("{share} more than in the {days} days before") if now >= before else _("{share} less than in the {days} days before")
    return words.format(share=shown(change, Unit.SHARE), days=days)


def compared_shares(now: int | None, before: int | None, days: int) -> str:
    """A share beside that of as many days before, in percentage points."""
    if now is None or before is None:
        return _("no figures of the {days} days before").format(days=days)
    points = f"{'+' if now >= before else '-'}{abs(now - before) / 100:.2f}"
    return _("{points} points against the {days} days before").format(points=points, days=days)


def highest(values: Sequence[int], days: Sequence[date]) -> tuple[date, int]:
    """The day with the highest value, the latest of several."""
    return max(zip(days, values, strict=True), key=lambda pair: (pair[1], pair[0]))


def choice_words(choices: Any) -> dict[str, str]:
    """The labels of a TextChoices as the desk shows them."""
    return {str(value): pgettext("choice", str(label)) for value, label in choices.choices}
