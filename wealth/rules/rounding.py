"""Ending an exact fraction in whole units: the one place where a rule of this package rounds."""

from decimal import Decimal
from fractions import Fraction

from core.money import Rounding

HUNDRED = 100
BP = 10_000


def whole(value: Fraction, how: Rounding = Rounding.DOWN) -> int:
    """`value` as a whole number: nothing before it was rounded."""
    below, rest = divmod(value.numerator, value.denominator)
    if rest == 0:
        return below
    twice = 2 * rest
    negative = below < 0
    up = {
        Rounding.FLOOR: False,
        Rounding.CEILING: True,
        Rounding.DOWN: negative,
        Rounding.UP: not negative,
        Rounding.HALF_UP: twice > value.denominator or (twice == value.denominator and not negative),
        Rounding.HALF_DOWN: twice > value.denominator or (twice == value.denominator and negative),
        Rounding.HALF_EVEN: twice > value.denominator or (twice == value.denominator and below % 2 == 1),
    }
    return below + up[how]


def places(value: Fraction, digits: int, how: Rounding = Rounding.HALF_UP) -> Decimal:
    """`value` with so many decimals."""
    return Decimal(whole(value * 10**digits, how)).scaleb(-digits)


def percent(rate_bp: int) -> Fraction:
    """Basis points as a ratio: 450 is 4.5 %, 9/200."""
    return Fraction(rate_bp, BP)
