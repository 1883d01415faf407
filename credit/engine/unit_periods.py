"""Unit-periods of the US annual percentage rate, counted from dates. Source: 12 CFR 1026 Appendix J (b)(4), (b)(5)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from credit.engine.apr import Dated, NoRate, Timed, actuarial_years
from credit.engine.day_count import DAYS_OF_MONTH, DAYS_OF_WEEK, MONTHS, Every, Unit, months_later, whole_months
from credit.engine.money import BadTerm

HALF_MONTH_DAYS = 15
YEAR_DAYS = 365
WEEKS = 52


class Kind(StrEnum):
    MONTHS = "months"
    HALF_MONTH = "half_month"
    WEEKS = "weeks"
    DAYS = "days"


@dataclass(frozen=True)
class UnitPeriod:
    """`count` months, weeks or days, or half a month. Raises BadTerm for one of more than a year."""

    kind: Kind
    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1 or self.a_year < 1:
            raise BadTerm("unit_period", f"{self.count} {self.kind} are no part of a year")

    @property
    def a_year(self) -> Fraction:
        """How many of them make a year."""
        per_year = {Kind.MONTHS: MONTHS, Kind.HALF_MONTH: 2 * MONTHS, Kind.WEEKS: WEEKS, Kind.DAYS: YEAR_DAYS}
        return Fraction(per_year[self.kind], self.count)

    def between(self, start: date, end: date) -> Fraction:
        """Whole unit-periods counted back from `end`, and what is left at the front: of months, thirty days each and the odd days, to a
        year months alone where they are whole, else days of 365; of half months, the odd days of 15."""
        if self.kind in (Kind.WEEKS, Kind.DAYS):
            days = self.count * (DAYS_OF_WEEK if self.kind is Kind.WEEKS else 1)
            whole, odd = divmod((end - start).days, days)
            return whole + Fraction(odd, days)
        months = full_months(start, end)
        odd_days = (months_later(end, -months) - start).days
        if self.kind is Kind.HALF_MONTH:
            return 2 * months + Fraction(odd_days, HALF_MONTH_DAYS)
        whole, left = divmod(months, self.count)
        if self.count == MONTHS:
            back = months_later(end, -whole * MONTHS)
            return whole + (Fraction(left, MONTHS) if odd_days == 0 else Fraction((back - start).days, YEAR_DAYS))
        return whole + Fraction(left * DAYS_OF_MONTH + odd_days, self.count * DAYS_OF_MONTH)


YEAR = UnitPeriod(Kind.MONTHS, MONTHS)


def full_months(start: date, end: date) -> int:
    """Whole months counted back from `end` that do not pass `start`."""
    months = (end.year - start.year) * MONTHS + end.month - start.month
    return months - (months_later(end, -months) < start)


def distance(start: date, end: date) -> UnitPeriod | None:
    """The unit-period that lies between two days of a plan; None for one of more than a year."""
    days, months = (end - start).days, whole_months(start, end)
    if days % DAYS_OF_WEEK == 0 and days < 2 * DAYS_OF_MONTH - 2 and months is None:
        return UnitPeriod(Kind.WEEKS, days // DAYS_OF_WEEK)
    if months is not None:
        return UnitPeriod(Kind.MONTHS, months) if months <= MONTHS else None
    if start.day in (1, 15, 16) and end.day in (1, 15, 16) and days <= HALF_MONTH_DAYS + 2:
        return UnitPeriod(Kind.HALF_MONTH)
    if days % DAYS_OF_WEEK == 0 and days <= YEAR_DAYS:
        return UnitPeriod(Kind.WEEKS, days // DAYS_OF_WEEK)
    return UnitPeriod(Kind.DAYS, days) if days <= YEAR_DAYS else None


def unit_period(days: Sequence[date]) -> UnitPeriod:
    """Of the days on which money moves: the distance that occurs more than once and most often, of equally frequent ones the shorter; where
    none does, the mean of all in the nearest standard one, the shorter of two; of two days the whole term. More than a year is a year.
    Source: (b)(3), (b)(4). Raises NoRate for one day."""
    ordered = sorted(set(days))
    if len(ordered) < 2:
        raise NoRate("all the money moves at one time")
    found = [distance(start, end) or YEAR for start, end in pairwise(ordered)]
    if len(found) == 1:
        return found[0]
    counted = Counter(found)
    most = max(counted.values())
    if most > 1:
        return min((unit for unit, times in counted.items() if times == most), key=lambda unit: 1 / unit.a_year)
    return standard(Fraction((ordered[-1] - ordered[0]).days, len(found)))


def standard(days: Fraction) -> UnitPeriod:
    """The standard interval nearest to so many days, all months having thirty: a day, a week, half a month, a month, a year, or a multiple
    of a week or a month below a year."""
    lengths = {1: UnitPeriod(Kind.DAYS), YEAR_DAYS: YEAR}
    lengths |= {count * DAYS_OF_WEEK: UnitPeriod(Kind.WEEKS, count) for count in range(1, WEEKS)}
    lengths |= {HALF_MONTH_DAYS: UnitPeriod(Kind.HALF_MONTH)}
    lengths |= {count * DAYS_OF_MONTH: UnitPeriod(Kind.MONTHS, count) for count in range(1, MONTHS)}
    return lengths[min(lengths, key=lambda length: (abs(length - days), length))]


def us_actuarial(flows: Sequence[Dated], unit: UnitPeriod | None = None) -> Decimal:
    """The US annual percentage rate of dated flows; `unit`: their unit-period, found from the days unless told. Raises NoRate."""
    if not flows:
        raise NoRate("there are none")
    start = min(flow.on for flow in flows)
    found = unit or unit_period([flow.on for flow in flows])
    timed = [Timed(found.between(start, flow.on) if flow.on > start else Fraction(0), flow.amount) for flow in flows]
    return actuarial_years(timed, Decimal(found.a_year.numerator) / Decimal(found.a_year.denominator))


def payment_days(first: date, count: int, unit: UnitPeriod) -> list[date]:
    """`count` days a unit-period apart from `first`; half months: the day of the month and 15 days after it (before it, from the 16th)."""
    if unit.kind is Kind.HALF_MONTH:
        return [half_months_later(first, number) for number in range(count)]
    names = {Kind.MONTHS: Unit.MONTH, Kind.WEEKS: Unit.WEEK, Kind.DAYS: Unit.DAY}
    return [Every(unit.count, names[unit.kind]).after(first, number) for number in range(count)]


def half_months_later(first: date, number: int) -> date:
    months, half = divmod(number, 2)
    if first.day > HALF_MONTH_DAYS and half:
        return months_later(first.replace(day=first.day - HALF_MONTH_DAYS), months + 1)
    return months_later(first, months) + timedelta(days=HALF_MONTH_DAYS * half)
