"""Interest of a balance that is posted to it day by day, or compounded daily and posted at the end."""

from decimal import Decimal
from fractions import Fraction

from core.money import Rounding
from wealth.rules.rounding import percent, places

YEAR = 365


def day_interest(*, balance: Decimal, rate_bp: int, days: int = 1, basis: int = YEAR, digits: int = 2) -> Decimal:
    """Simple interest of some days, half even to `digits` decimals (Fineract's default rounding)."""
    return places(Fraction(balance) * percent(rate_bp) * Fraction(days, basis), digits, Rounding.HALF_EVEN)


def posted_daily(*, balance: Decimal, rate_bp: int, days: int, basis: int = YEAR, digits: int = 2) -> Decimal:
    """The balance after `days`, each day's interest rounded and added before the next day's is worked out."""
    for _ in range(days):
        balance += day_interest(balance=balance, rate_bp=rate_bp, basis=basis, digits=digits)
    return balance


def compounded_daily(*, balance: Decimal, rate_bp: int, days: int, basis: int = YEAR, digits: int = 2) -> Decimal:
    """The interest of `days` compounded daily without rounding, posted once at the end."""
    grown = Fraction(balance) * (1 + percent(rate_bp) / basis) ** days
    return places(grown - Fraction(balance), digits, Rounding.HALF_EVEN)
