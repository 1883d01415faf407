"""Money of the engine: yuan with two decimals; the way from and to whole fen; the errors of the package."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from core.allotment import allot_weights
from core.money import CNY, Rounding

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


class EngineError(ValueError):
    """An input that no rule of the engine can work with; `field` names it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


class BadAmount(EngineError):
    """Money that is negative, zero where something is needed, or has parts of a cent."""


class BadRate(EngineError):
    """A rate, a share or a weight outside what its rule knows."""


class BadTerm(EngineError):
    """A number of periods, a frequency or a combination of terms that makes no plan."""


class BadDay(EngineError):
    """A day before or after what it has to lie between."""


def yuan(amount_fen: int) -> Decimal:
    """Whole fen as yuan: 12345 is 123.45."""
    return CNY.major(amount_fen)


def fen(amount: Decimal, field: str = "amount") -> int:
    """Yuan as whole fen. Raises BadAmount for a part of a fen, BadAmount for what is no number."""
    if not amount.is_finite() or amount != amount.quantize(CENT):
        raise BadAmount(field, f"{amount} is no amount in whole fen")
    return CNY.minor(amount)


def checked(amount: Decimal, field: str) -> Decimal:
    """`amount` with two decimals. Raises BadAmount when it is negative or has parts of a cent."""
    if fen(amount, field) < 0:
        raise BadAmount(field, f"{amount} is less than nothing")
    return amount.quantize(CENT)


def rounded(value: Fraction, unit: Decimal, how: Rounding) -> Decimal:
    """`value` in whole multiples of `unit`, rounded once from the exact fraction."""
    exact = value / Fraction(unit)
    below, rest = divmod(exact.numerator, exact.denominator)
    if rest:
        # A number between the same two whole ones and on the same side of the half: rounding it is rounding `exact`.
        side = (2 * rest > exact.denominator) - (2 * rest < exact.denominator)
        below = how.whole(Decimal(below) + Decimal(5 + 2 * side) / 10)
    return (below * unit).quantize(CENT)


def cents(value: Fraction, how: Rounding = Rounding.HALF_EVEN) -> Decimal:
    """`value` yuan in whole cents, rounded once."""
    return rounded(value, CENT, how)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, 0.00 of nothing."""
    return sum(amounts, ZERO)


def in_proportion(amount: Decimal, weights: Iterable[Decimal]) -> list[Decimal]:
    """`amount` divided to the cent in proportion to money `weights`, by the largest remainder; the earlier part has a tie. Raises
    BadAmount, core.allotment.BadAllotment for weights that are negative or all zero."""
    return [yuan(part) for part in allot_weights(fen(amount), [fen(weight, "weights") for weight in weights])]
