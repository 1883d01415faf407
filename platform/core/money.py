"""Money as whole minor units of an asset, and the named roundings a rule may use.

A `Money` never holds a fraction: a rule computes in `Decimal`, names its rounding and ends in whole minor units.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
"""Keeps every digit: the default context rounds to 28 before a named rounding sees the value. For products, shifts of the
point and quantizing alone, which end by themselves; a division would not."""


class Rounding(StrEnum):
    """How a rule ends in whole units; the names are those of the decimal arithmetic standard (IEEE 754, decimal)."""

    HALF_UP = decimal.ROUND_HALF_UP
    HALF_EVEN = decimal.ROUND_HALF_EVEN
    HALF_DOWN = decimal.ROUND_HALF_DOWN
    DOWN = decimal.ROUND_DOWN
    UP = decimal.ROUND_UP
    FLOOR = decimal.ROUND_FLOOR
    CEILING = decimal.ROUND_CEILING

    def whole(self, value: Decimal) -> int:
        """`value` as a whole number under this rounding."""
        return int(value.quantize(Decimal(1), rounding=self.value, context=EXACT))

    def places(self, value: Decimal, digits: int) -> Decimal:
        """`value` with `digits` decimals under this rounding."""
        return value.quantize(Decimal(1).scaleb(-digits), rounding=self.value, context=EXACT)


@dataclass(frozen=True)
class Asset:
    """Something the ledger counts: its code and how many decimals one whole unit has (CNY: 2, one fen = 0.01)."""

    code: str
    scale: int

    def minor(self, amount: Decimal | str | int, rounding: Rounding | None = None) -> int:
        """Whole units to minor units; without a rounding a fraction of a minor unit raises ValueError."""
        exact = Decimal(amount).scaleb(self.scale, context=EXACT)
        if rounding is None and exact != exact.to_integral_value(context=EXACT):
            raise ValueError(f"{amount} {self.code} has more than {self.scale} decimals")
        return (rounding or Rounding.DOWN).whole(exact)

    def major(self, amount: int) -> Decimal:
        """Minor units to whole units, exact."""
        return Decimal(amount).scaleb(-self.scale, context=EXACT)


CNY = Asset("CNY", 2)
POINTS = Asset("POINTS", 0)
ASSETS = {asset.code: asset for asset in (CNY, POINTS)}


class CurrencyMismatch(TypeError):
    """Two amounts of different assets met in one sum or comparison."""


@dataclass(frozen=True)
class Money:
    """An amount in minor units of one asset. Raises CurrencyMismatch when assets mix, TypeError for a float."""

    amount: int
    currency: str = CNY.code

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"Money takes whole minor units, not {type(self.amount).__name__}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self.same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self.same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self.same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self.same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self.same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self.same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def times(self, factor: Decimal, rounding: Rounding) -> Money:
        """This amount times `factor`, rounded once, from the exact product, to whole minor units by `rounding`."""
        return Money(rounding.whole(EXACT.multiply(Decimal(self.amount), factor)), self.currency)

    def same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other.amount

    def __str__(self) -> str:
        asset = ASSETS.get(self.currency)
        return f"{asset.major(self.amount) if asset else self.amount} {self.currency}"
