"""Days: how many there are between two dates, what part of a year they are, and where a plan's periods end."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from credit.engine.money import BadDay, BadTerm

MONTHS = 12
DAYS_OF_MONTH = 30
DAYS_OF_WEEK = 7


class DayCount(StrEnum):
    """How a stretch of days becomes a part of a year. Source: ISDA 2006 section 4.16 (b), (d), (e), (f), (g).

    ACT_ACT gives a day to the year it ends in, so that the first day is not counted and the last one is, as everywhere in this package
    (Apache Fineract does so); ACT_ACT_ISDA counts the first day and not the last. ACT_364 is 52 weeks.
    """

    THIRTY_360 = "30/360"
    THIRTY_E_360 = "30e/360"
    ACT_360 = "act/360"
    ACT_364 = "act/364"
    ACT_365 = "act/365"
    ACT_ACT = "act/act"
    ACT_ACT_ISDA = "act/act isda"

    @property
    def by_months(self) -> bool:
        """Every month has thirty days."""
        return self in (DayCount.THIRTY_360, DayCount.THIRTY_E_360)


YEARS = {
    DayCount.THIRTY_360: 360, DayCount.THIRTY_E_360: 360, DayCount.ACT_360: 360, DayCount.ACT_364: 364, DayCount.ACT_365: 365,
}  # fmt: skip


def days_between(start: date, end: date, basis: DayCount) -> int:
    """Days from `start` to `end` as `basis` counts them. 30/360: the 31st is the 30th, at the end only when the start is one too; 30E/360:
    always; the end of February is no special day. Raises BadDay when the end comes first."""
    if end < start:
        raise BadDay("end", f"{end} is before {start}")
    if not basis.by_months:
        return (end - start).days
    first = min(start.day, DAYS_OF_MONTH)
    caps_end = basis is DayCount.THIRTY_E_360 or first == DAYS_OF_MONTH
    last = min(end.day, DAYS_OF_MONTH) if caps_end else end.day
    return 360 * (end.year - start.year) + DAYS_OF_MONTH * (end.month - start.month) + last - first


def year_fraction(start: date, end: date, basis: DayCount) -> Fraction:
    """The part of a year, exact. Raises BadDay when the end comes first."""
    days = days_between(start, end, basis)
    if basis in YEARS:
        return Fraction(days, YEARS[basis])
    shift = timedelta(days=1) if basis is DayCount.ACT_ACT else timedelta(0)
    return by_calendar_years(start + shift, end + shift)


def by_calendar_years(first: date, after: date) -> Fraction:
    """Each day from `first` to the one before `after` as a part of the calendar year it lies in."""
    found, day = Fraction(0), first
    while day < after:
        turn = min(after, date(day.year + 1, 1, 1))
        found += Fraction((turn - day).days, (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days)
        day = turn
    return found


class Unit(StrEnum):
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True)
class Every:
    """How often an instalment is due: every `count` months, weeks or days. Raises BadTerm for a count below 1."""

    count: int = 1
    unit: Unit = Unit.MONTH

    def __post_init__(self) -> None:
        if self.count < 1:
            raise BadTerm("every", f"{self.count} is no distance between two days")

    def after(self, anchor: date, periods: int) -> date:
        """The day so many periods after `anchor`; the last of a month that has no such day, without moving the ones after it."""
        if self.unit is Unit.MONTH:
            return months_later(anchor, self.count * periods)
        days = self.count * (DAYS_OF_WEEK if self.unit is Unit.WEEK else 1)
        return anchor + timedelta(days=days * periods)


MONTHLY = Every()


def months_later(start: date, months: int) -> date:
    """The same day so many months on; the last day of a month that is shorter."""
    year, month = divmod(start.year * MONTHS + start.month - 1 + months, MONTHS)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def is_months_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def whole_months(start: date, end: date) -> int | None:
    """How many whole months lie between two days of a plan that keeps its day of the month, the last day standing for one that a month
    has not; None when it is no whole number."""
    kept = (
        start.day == end.day
        or (start.day > end.day and is_months_end(end))
        or (end.day > start.day and is_months_end(start))
    )  # fmt: skip
    months = (end.year - start.year) * MONTHS + end.month - start.month
    return months if kept and months > 0 else None


@dataclass(frozen=True)
class Period:
    """From `from_on` (not counted) to `due_on` (counted)."""

    from_on: date
    due_on: date

    @property
    def days(self) -> int:
        return (self.due_on - self.from_on).days

    def length(self, basis: DayCount, unit: Unit) -> Fraction:
        """The whole period as a part of a year. 30/360: a whole month is thirty days; a period of days or weeks is as many days."""
        if not basis.by_months:
            return year_fraction(self.from_on, self.due_on, basis)
        months = whole_months(self.from_on, self.due_on) if unit is Unit.MONTH else None
        if months is not None:
            return Fraction(months, MONTHS)
        days = days_between(self.from_on, self.due_on, basis) if unit is Unit.MONTH else self.days
        return Fraction(days, YEARS[basis])

    def part(self, start: date, end: date, basis: DayCount, unit: Unit) -> Fraction:
        """What `start` to `end`, inside the period, is of a year. 30/360: as many days of the period's length as there are of its calendar
        days (17 of 31 days of a month are 17/31 of a twelfth). Source: Apache Fineract, partial period interest."""
        if not basis.by_months:
            return year_fraction(start, end, basis)
        return self.length(basis, unit) * Fraction((end - start).days, self.days)


def periods_of(start: date, dues: Sequence[date]) -> list[Period]:
    """The periods that end on `dues`. Raises BadDay when the days do not follow each other."""
    ends = [start, *dues]
    for earlier, later in pairwise(ends):
        if later <= earlier:
            raise BadDay("due_on", f"{later} does not follow {earlier}")
    return [Period(earlier, later) for earlier, later in pairwise(ends)]
