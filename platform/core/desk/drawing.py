"""Charts as shapes: from series to rectangles, lines and labels in the units of one picture. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from core.desk.charting import WHOLE_BP, Chart, Series, Shape, Unit, short, shown
from core.desk.sockets import Words

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 10, 26
TICKS, DAY_LABELS, DOTTED_DAYS = 4, 8, 31
COLOURS = 6
BASE = {Unit.NUMBER: 1, Unit.YUAN: 100, Unit.SHARE: 100}
"""The least step of an axis."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    colour: int
    last: bool


@dataclass(frozen=True)
class Line:
    """`points` as a polyline wants them; `dots` are (x, y)."""

    points: str
    colour: int
    dots: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Label:
    """A text at a place of an axis."""

    at: str
    text: str


@dataclass(frozen=True)
class Slot:
    """A day's whole column: pointing at it tells the values."""

    x: str
    width: str
    text: str


@dataclass(frozen=True)
class Drawing:
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM
    ticks: Sequence[Label] = ()
    days: Sequence[Label] = ()
    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()
    slots: Sequence[Slot] = ()
    legend: Sequence[tuple[int, Words]] = field(default_factory=list)


def draw(chart: Chart, days: Sequence[date]) -> Drawing | None:
    """None when there is nothing to draw in any of the days."""
    drawn = [series for series in chart.series if series.drawn]
    if not any(value for series in drawn for value in series.values):
        return None
    ticks = axis(drawn, stacked=chart.shape == Shape.STACKED, from_zero=chart.shape != Shape.LINES)
    height = scale(ticks)
    slot = (WIDTH - LEFT - RIGHT) / len(days)
    return Drawing(
        ticks=[Label(px(height(tick)), short(tick, drawn[0].unit)) for tick in ticks],
        days=day_labels(days, slot),
        bars=[] if chart.shape == Shape.LINES else bars(drawn, slot, height, stacked=chart.shape == Shape.STACKED),
        lines=lines(drawn, slot, height) if chart.shape == Shape.LINES else [],
        slots=[Slot(px(LEFT + place * slot), px(slot), told(drawn, day, place)) for place, day in enumerate(days)],
        legend=[(place % COLOURS, series.name) for place, series in enumerate(drawn)] if len(drawn) > 1 else [],
    )


def axis(drawn: Sequence[Series], *, stacked: bool, from_zero: bool) -> list[int]:
    """Round values that hold all there are: the lines across the picture. They begin at nothing, but for shares that are all high."""
    columns = list(zip(*(series.values for series in drawn), strict=True))
    known = [[value for value in column if value is not None] for column in columns]
    sums = [sum(column) for column in known] if stacked else [value for column in known for value in column]
    unit, high = drawn[0].unit, max(sums)
    low = 0 if from_zero or min(sums) < WHOLE_BP // 2 else min(sums)
    step = round_step((high - low) / TICKS, BASE[unit])
    first = low // step * step
    while first + step * TICKS < high:
        step = round_step(step + 1, BASE[unit])
        first = low // step * step
    count = max(-(-(high - first) // step), 1)
    if unit == Unit.SHARE and not from_zero and high <= WHOLE_BP:
        first = max(min(first, WHOLE_BP - TICKS * step), 0)
        count = min(TICKS, (WHOLE_BP - first) // step)
    return [first + step * place for place in range(count + 1)]


def round_step(least: float, base: int) -> int:
    """The first of 1, 2, 5, 10, 20, 50, ... times `base` that is not below `least`."""
    power = 1
    while True:
        for digit in STEPS:
            if digit * power * base >= least:
                return digit * power * base
        power *= 10


def scale(ticks: Sequence[int]) -> Callable[[int], float]:
    """From a value to its height in the picture, counted from above."""
    low, high, room = ticks[0], ticks[-1], HEIGHT - TOP - BOTTOM
    return lambda value: TOP + room * (high - value) / (high - low)


def bars(drawn: Sequence[Series], slot: float, height: Callable[[int], float], *, stacked: bool) -> list[Bar]:
    """Upon each other, or side by side. Something is never drawn as nothing."""
    wide = slot * 0.72 / (1 if stacked else len(drawn))
    made = []
    for day in range(len(drawn[0].values)):
        reached = 0
        for place, series in enumerate(drawn):
            value = series.values[day] or 0
            if not value:
                continue
            top, bottom = height(reached + value), height(reached)
            x = LEFT + day * slot + slot * 0.14 + (0 if stacked else place * wide)
            tall = max(bottom - top, 1)
            made.append(Bar(px(x), px(bottom - tall), px(wide), px(tall), place % COLOURS, day == len(series.values) - 1))
            reached += value if stacked else 0
    return made


def lines(drawn: Sequence[Series], slot: float, height: Callable[[int], float]) -> list[Line]:
    """A line through the days that have a value; days without one part it. The first series lies on top."""
    made = []
    for place, series in reversed(list(enumerate(drawn))):
        for known, run in groupby(enumerate(series.values), key=lambda pair: pair[1] is not None):
            points = [(px(LEFT + (day + 0.5) * slot), px(height(value))) for day, value in run if value is not None]
            if known:
                dots = points if len(series.values) <= DOTTED_DAYS or len(points) == 1 else []
                made.append(Line(" ".join(f"{x},{y}" for x, y in points), place % COLOURS, dots))
    return made


def day_labels(days: Sequence[date], slot: float) -> list[Label]:
    """Every so many days, counted back from the last."""
    every = -(-len(days) // DAY_LABELS)
    shown_days = [(place, day) for place, day in enumerate(days) if (len(days) - 1 - place) % every == 0]
    return [Label(px(LEFT + (place + 0.5) * slot), f"{day:%m-%d}") for place, day in shown_days]


def told(drawn: Sequence[Series], day: date, place: int) -> str:
    return "\n".join([day.isoformat(), *(f"{series.name}: {shown(series.values[place], series.unit)}" for series in drawn)])


def px(value: float) -> str:
    return f"{value:.1f}"
