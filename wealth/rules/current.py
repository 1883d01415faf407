"""Money funds: the income of a day, exact to the fraction of a fen, and the yield of seven days.

One unit is worth 1.00. A day's income is quoted in yuan per 10,000 units with four decimals; as `rate_e4` it is that number times 10,000.
A holding of u fen of units earns u * rate_e4 / 10^8 fen. What is below a fen stays with the holding as `residual_e8`, in 10^-8 fen, and is
never negative: income is rounded toward minus infinity, so a loss is booked at once and what it took too much is carried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import Rounding
from wealth.rules.rounding import places, whole

E4 = 10_000
E8 = 10**8
UNITS = 10_000
DAYS = 7
YEAR = 365


class BadRate(ValueError):
    """An income per 10,000 units has four decimals at most, and loses no more than everything."""


@dataclass(frozen=True)
class DayIncome:
    """Fen, and 10^-8 fen carried to the next day (0..10^8-1)."""

    income_fen: int
    residual_e8: int


def rate_e4(income_per_10k: Decimal) -> int:
    """Yuan per 10,000 units as a whole number of its fourth decimals. Raises BadRate."""
    scaled = Fraction(income_per_10k) * E4
    if scaled.denominator != 1 or scaled < -UNITS * E4:
        raise BadRate(f"{income_per_10k} has more than four decimals, or loses more than there is")
    return scaled.numerator


def income(*, units_fen: int, rate_e4: int, residual_e8: int = 0) -> DayIncome:
    """One day of one holding: 100.00 at -0.5000 from nothing carried is -1 fen and 0.5 fen carried."""
    return DayIncome(*divmod(units_fen * rate_e4 + residual_e8, E8))


def truncated(*, units_fen: int, rate_e4: int) -> int:
    """A day's income the way funds without a carry credit it: toward zero, the rest lost."""
    return whole(Fraction(units_fen * rate_e4, E8))


def grown(*, units_fen: int, rates_e4: Sequence[int], residual_e8: int = 0) -> tuple[int, int]:
    """(units fen, residual) after so many days, each day's income becoming units."""
    for rate in rates_e4:
        day = income(units_fen=units_fen, rate_e4=rate, residual_e8=residual_e8)
        units_fen, residual_e8 = units_fen + day.income_fen, day.residual_e8
    return units_fen, residual_e8


def grown_truncated(*, units_fen: int, rates_e4: Sequence[int]) -> int:
    """Units after so many days without a carry: what `grown` is compared with."""
    for rate in rates_e4:
        units_fen += truncated(units_fen=units_fen, rate_e4=rate)
    return units_fen


def grown_exactly(*, units_fen: int, rates_e4: Sequence[int]) -> Fraction:
    """Units after so many days if fractions of a fen earned too."""
    exact = Fraction(units_fen)
    for rate in rates_e4:
        exact *= 1 + Fraction(rate, E8)
    return exact


def simple_income(*, units_fen: int, rates_e4: Sequence[int]) -> Fraction:
    """Fen of income over the days if none of it became units."""
    return Fraction(units_fen * sum(rates_e4), E8)


def seven_day_daily(incomes_per_10k: Sequence[Decimal]) -> Decimal:
    """The annualised yield of the last seven days in percent where income becomes units daily:
    ((prod(1 + Ri/10000))^(365/7) - 1) * 100, rounded half up to three decimals.

    Source: CSRC, rules on disclosure of money-market funds (No. 5); reproduces a published series of 421 windows without a difference.
    Raises ValueError for other than seven days.
    """
    product = Fraction(1)
    for value in of_seven(incomes_per_10k):
        product *= 1 + Fraction(value) / UNITS
    exact = (Decimal(product.numerator) / Decimal(product.denominator)) ** (Decimal(YEAR) / DAYS)
    return Rounding.HALF_UP.places((exact - 1) * 100, 3)


def seven_day_monthly(incomes_per_10k: Sequence[Decimal]) -> Decimal:
    """The same where income becomes units monthly: sum(Ri) / 7 * 365 / 10000 * 100, half up to three decimals."""
    return places(sum((Fraction(value) for value in of_seven(incomes_per_10k)), Fraction(0)) * YEAR * 100 / (DAYS * UNITS), 3)


def of_seven(values: Sequence[Decimal]) -> Sequence[Decimal]:
    if len(values) != DAYS:
        raise ValueError(f"seven days, not {len(values)}")
    return values


def distributed(*, holders: Mapping[str, int], rate_e4: int) -> dict[str, int]:
    """A pool's income truncated to fen and divided without a rest: each holder truncated, the fen that are missing to the largest
    fractions, equal ones by name. The usual wording of Chinese money-fund contracts."""
    exact = {name: Fraction(units * rate_e4, E8) for name, units in holders.items()}
    shares = {name: whole(value) for name, value in exact.items()}
    missing = whole(sum(exact.values(), Fraction(0))) - sum(shares.values())
    step = 1 if missing > 0 else -1
    for name in sorted(exact, key=lambda one: (-abs(exact[one] - shares[one]), one))[: abs(missing)]:
        shares[name] += step
    return shares


def fast_allowed(*, done_fen: int, asked_fen: int, cap_fen: int) -> bool:
    """Whether `asked_fen` more may be redeemed at once, `done_fen` of the same person, product and natural day being done.

    Source: CSRC and PBOC, guidance of 2018-06-01 on internet sales of money-market funds: 10,000 yuan.
    """
    return 0 < asked_fen <= cap_fen - done_fen
