"""The dashboard: what rooms have to show of the last days, for those who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.clock.queries import local, local_day
from core.desk.charting import CHARTS, Chart, Ranking, Span, Tile, shown
from core.desk.drawing import Drawing, draw
from core.desk.roles import sees
from core.desk.sockets import Words
from core.tallies import queries as tallies

PERIODS = (7, 30, 90)
USUAL = 30


@dataclass(frozen=True)
class Drawn:
    """A chart as the page wants it: the picture (None: nothing happened), and the table behind it, newest day first."""

    chart: Chart
    picture: Drawing | None
    header: Sequence[Words]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Ranked:
    """A ranking with the length of each row's bar in per cent of the longest."""

    ranking: Ranking
    rows: Sequence[tuple[object, str, int, Sequence[object]]]


def span(number: int, at: datetime) -> Span:
    """The last `number` days, today included, and as many before if every one of them was counted."""
    today = local_day(at)
    days = [today - timedelta(days=back) for back in reversed(range(2 * number))]
    shelf = tallies.shelf(days[0], today)
    before = [] if shelf.uncounted(days[:number]) else days[:number]
    return Span(days[number:], before, shelf, at)


def wanted(asked: str) -> int:
    """How many days a visitor asks for; the usual number for anything that is not offered."""
    return int(asked) if asked in map(str, PERIODS) else USUAL


def gathered(staff: Any, over: Span) -> list[Tile | Chart | Ranking]:
    """What `staff` may see, in the rooms' order."""
    found = (part for room in sorted(CHARTS, key=lambda plug: plug.order) for part in room.charts(span=over))
    return [part for part in found if sees(staff, part.page)]


def board(*, staff: Any, days: int, at: datetime) -> dict[str, object]:
    """The whole dashboard."""
    over = span(days, at)
    parts = gathered(staff, over)
    return {
        "days": days,
        "periods": PERIODS,
        "tiles": [part for part in parts if isinstance(part, Tile)],
        "parts": [drawn(part, over) if isinstance(part, Chart) else ranked(part) for part in parts if not isinstance(part, Tile)],
        "counted": counted(over),
        "missing": len(over.shelf.uncounted(over.days)),
    }


def leading(*, staff: Any, at: datetime) -> list[Drawn]:
    """The charts of the first page."""
    over = span(USUAL, at)
    return [drawn(part, over) for part in gathered(staff, over) if isinstance(part, Chart) and part.leads]


def drawn(chart: Chart, over: Span) -> Drawn:
    rows = [
        [day.isoformat(), *(shown(series.values[place], series.unit) for series in chart.series)] for place, day in enumerate(over.days)
    ]
    return Drawn(chart, draw(chart, over.days), [_("Day"), *(series.name for series in chart.series)], rows[::-1])


def ranked(ranking: Ranking) -> Ranked:
    most = max((row.value for row in ranking.rows), default=0) or 1
    return Ranked(ranking, [(row.label, f"{row.value:,}", row.value * 100 // most, row.cells) for row in ranking.rows])


def counted(over: Span) -> str:
    """When today was counted; empty when it was not yet."""
    at = over.shelf.counted_at.get(over.days[-1])
    return f"{local(at):%H:%M}" if at else ""
