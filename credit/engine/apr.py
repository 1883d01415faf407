"""What a credit costs a year, by convention: xirr, IRR x 12, effective, US actuarial, EU/UK; and whether that is within a cap.

Every rate is a ratio a year (0.12 is 12 %). A flow is negative when the customer pays and positive when paid to them, or the other way
round: the rate is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext
from fractions import Fraction

from credit.engine.day_count import MONTHS, DayCount, whole_months, year_fraction
from credit.engine.money import BadAmount, BadDay, BadTerm, EngineError

DIGITS = 40
EXACT = Decimal("1e-20")
STEPS = 300
LOWEST = Decimal("-0.999999")
HIGHEST = Decimal("1e9")


class NoRate(EngineError):
    """No rate makes the flows worth nothing: all of one sign, all at one time, or none in reach."""

    def __init__(self, why: str) -> None:
        super().__init__("flows", why)


@dataclass(frozen=True)
class Timed:
    """`amount` after so much time, in years or in periods."""

    time: Fraction
    amount: Decimal


@dataclass(frozen=True)
class Dated:
    on: date
    amount: Decimal


def dec(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def solved(flows: Sequence[Timed]) -> Decimal:
    """The rate per unit of time at which the flows are worth nothing, compounded each unit, to 20 decimals: Newton inside a bracket, halved
    where Newton leaves it. Of several the one nearest to 0. Raises NoRate."""
    amounts = [flow.amount for flow in flows if flow.amount]
    if not amounts or min(amounts) > 0 or max(amounts) < 0:
        raise NoRate("money goes one way only")
    if len({flow.time for flow in flows if flow.amount}) < 2:
        raise NoRate("all the money moves at one time")
    with localcontext(prec=DIGITS):
        timed = [(dec(flow.time), flow.amount) for flow in flows]

        def worth(rate: Decimal) -> Decimal:
            return sum((amount * (1 + rate) ** -time for time, amount in timed), Decimal(0))

        def slope(rate: Decimal) -> Decimal:
            return sum((-time * amount * (1 + rate) ** (-time - 1) for time, amount in timed), Decimal(0))

        return root(worth, slope).quantize(EXACT)


def bracket(worth: Callable[[Decimal], Decimal]) -> tuple[Decimal, Decimal]:
    """Two rates with worths of different sign, looked for outwards from 0."""
    low = high = Decimal(0)
    at_low = at_high = worth(low)
    step = Decimal("0.01")
    while low > LOWEST or high < HIGHEST:
        nearer, at_nearer = high, at_high
        high = min(HIGHEST, high + step)
        at_high = worth(high)
        if at_nearer * at_high <= 0:
            return nearer, high
        if low > LOWEST:
            nearer, at_nearer = low, at_low
            low = max(LOWEST, low - min(step, (1 + low) / 2))
            at_low = worth(low)
            if at_nearer * at_low <= 0:
                return low, nearer
        step *= Decimal("1.5")
    raise NoRate("no rate in reach makes the flows worth nothing")


def root(worth: Callable[[Decimal], Decimal], slope: Callable[[Decimal], Decimal]) -> Decimal:
    low, high = bracket(worth)
    for end in (low, high):
        if worth(end) == 0:
            return end
    falling = worth(low) > 0
    rate = (low + high) / 2
    for _ in range(STEPS):
        value = worth(rate)
        if value == 0 or high - low < EXACT:
            return rate
        low, high = (rate, high) if (value > 0) == falling else (low, rate)
        try:
            moved = rate - value / slope(rate)
        except DecimalException:
            moved = low
        if abs(moved - rate) < EXACT:
            return moved
        rate = moved if low < moved < high else (low + high) / 2
    raise NoRate(f"none was found in {STEPS} steps")


def xirr(flows: Sequence[Dated]) -> Decimal:
    """The effective rate a year of dated flows, ACT/365, as spreadsheets have it. Raises NoRate."""
    if not flows:
        raise NoRate("there are none")
    start = min(flow.on for flow in flows)
    return solved([Timed(Fraction((flow.on - start).days, 365), flow.amount) for flow in flows])


def irr(amounts: Sequence[Decimal]) -> Decimal:
    """The rate per period of amounts that are one period apart. Raises NoRate."""
    return solved([Timed(Fraction(place), amount) for place, amount in enumerate(amounts)])


def nominal(per_period: Decimal, periods_a_year: Decimal | int = MONTHS) -> Decimal:
    """A rate per period times the periods of a year: IRR x 12, what China asks to be shown. Source: PBOC announcement [2021] No. 3."""
    return per_period * periods_a_year


def effective(per_period: Decimal, periods_a_year: Decimal | int = MONTHS) -> Decimal:
    """A rate per period, compounded for a year."""
    return (1 + per_period) ** periods_a_year - 1


@dataclass(frozen=True)
class InstalmentRate:
    """What a fee on instalments comes to: the fee as printed a year, the IRR x 12 and the effective rate."""

    simple: Decimal
    irr_x12: Decimal
    effective: Decimal


def fee_instalment_rate(total_fee_rate: Decimal, periods: int, months: int = 1) -> InstalmentRate:
    """Of a price of 1 repaid in `periods` equal parts, `months` apart, with `total_fee_rate` of the price in equal parts beside; nothing is
    rounded. Raises BadTerm, NoRate."""
    if periods < 1 or months < 1:
        raise BadTerm("periods", f"{periods} parts of {months} months")
    a_year = Decimal(MONTHS) / months
    rate = irr([Decimal(-1), *[(1 + total_fee_rate) / periods] * periods])
    return InstalmentRate(total_fee_rate / periods * a_year, nominal(rate, a_year), effective(rate, a_year))


def eu_effective(flows: Sequence[Timed]) -> Decimal:
    """The annual percentage rate of charge of flows timed in years, compounded yearly. Source: Directives 98/7/EC and 2008/48/EC Annex I;
    UK FCA CONC App 1.2. Raises NoRate."""
    return solved(flows)


def years_by_months(start: date, day: date) -> Fraction:
    """Years by equal months (30.41666 days each), where whole months lie between the days, else by days over 365. Source: Directive
    2008/48/EC Annex I (c). Raises BadDay when `day` comes first."""
    if day < start:
        raise BadDay("day", f"{day} is before {start}")
    months = whole_months(start, day)
    return Fraction(months, MONTHS) if months else year_fraction(start, day, DayCount.ACT_365)


def years_by_days(start: date, day: date, year: Fraction = Fraction(365)) -> Fraction:
    """Years by days; `year`: 365, or 365.25. Raises BadDay when `day` comes first."""
    if day < start:
        raise BadDay("day", f"{day} is before {start}")
    return Fraction((day - start).days) / year


def actuarial_years(flows: Sequence[Timed], unit_periods_a_year: Decimal) -> Decimal:
    """The US annual percentage rate: the rate i per unit-period times their number in a year, where a flow after t whole unit-periods and a
    fraction f is discounted by (1 + f i)(1 + i)^t. Times of `flows` are in unit-periods. Source: 12 CFR 1026 Appendix J (b)(8). Raises
    NoRate, BadTerm."""
    if unit_periods_a_year <= 0:
        raise BadTerm("unit_periods_a_year", f"{unit_periods_a_year} is no number of them")
    amounts = [flow.amount for flow in flows if flow.amount]
    if not amounts or min(amounts) > 0 or max(amounts) < 0:
        raise NoRate("money goes one way only")
    with localcontext(prec=DIGITS):
        timed = [(flow.time.numerator // flow.time.denominator, dec(flow.time % 1), flow.amount) for flow in flows]

        def worth(rate: Decimal) -> Decimal:
            return sum((amount / ((1 + part * rate) * (1 + rate) ** whole) for whole, part, amount in timed), Decimal(0))

        def slope(rate: Decimal) -> Decimal:
            return sum(
                (-amount * (part / (1 + part * rate) + whole / (1 + rate)) / ((1 + part * rate) * (1 + rate) ** whole))
                for whole, part, amount in timed
            ) or Decimal(0)

        return root(worth, slope).quantize(EXACT) * unit_periods_a_year


def all_in_cost(lent: Decimal, payments: Sequence[Decimal]) -> Decimal:
    """Everything paid beyond what was lent, interest, fees and charges alike, in yuan. Raises BadAmount when less comes back."""
    if sum(payments, Decimal(0)) < lent:
        raise BadAmount("payments", "they do not give back what was lent")
    return sum(payments, Decimal(0)) - lent


def within_cap(rate: Decimal, cap: Decimal, places: int = 4) -> bool:
    """Whether a yearly rate, shown with so many decimals (4: percent with two), is not above `cap`; the cap itself is within."""
    return rate.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) <= cap
