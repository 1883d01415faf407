"""Interest-free and discount coupons: what is waived of each row, and what comes back when a plan ends early."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import Rounding
from credit.engine.money import BadAmount, BadRate, BadTerm, cents, checked, total
from credit.engine.terms import Row


class Which(StrEnum):
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Coupon:
    """Waives `part` (1: free, 0.5: half) of fee and interest of the `which` `periods` rows (None: of all); `most` yuan in all. Raises
    BadRate, BadTerm, BadAmount."""

    part: Decimal = Decimal(1)
    periods: int | None = None
    which: Which = Which.FIRST
    most: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 < self.part <= 1:
            raise BadRate("part", f"{self.part} is no part of 1")
        if self.periods is not None and self.periods < 1:
            raise BadTerm("periods", f"{self.periods} rows")
        if self.most is not None:
            checked(self.most, "most")

    def covers(self, place: int, rows: int) -> bool:
        if self.periods is None:
            return True
        return place < self.periods if self.which is Which.FIRST else place >= rows - self.periods


@dataclass(frozen=True)
class Discounted:
    """`rows` as the customer pays them; of each, the `fee` and the `interest` that somebody else bears."""

    rows: list[Row]
    fee: list[Decimal]
    interest: list[Decimal]

    @property
    def waived(self) -> list[Decimal]:
        return [fee + interest for fee, interest in zip(self.fee, self.interest, strict=True)]


def discounted(rows: Sequence[Row], coupon: Coupon, rounding: Rounding = Rounding.HALF_UP) -> Discounted:
    """The coupon used on a schedule: a waiver, not a delay; in the order of the rows until it is used up. Interest of rows that are not
    covered stays as it is. Raises BadAmount."""
    left = coupon.most
    paid, fees, interests = [], [], []
    for place, row in enumerate(rows):
        parts = []
        for charged in (row.fee, row.interest):
            part = cents(Fraction(charged) * Fraction(coupon.part), rounding) if coupon.covers(place, len(rows)) else Decimal("0.00")
            part = part if left is None else min(part, left)
            left = left if left is None else left - part
            parts.append(part)
        fees.append(parts[0])
        interests.append(parts[1])
        paid.append(replace(row, fee=row.fee - parts[0], interest=row.interest - parts[1]))
    return Discounted(paid, fees, interests)


class Clawback(StrEnum):
    """What a customer who ends a plan early gives back of what was waived. NONE: nothing. UNUSED: of the rows that have begun, the part the
    periods that are left are of all. WHOLE: all of the rows that have begun."""

    NONE = "none"
    UNUSED = "unused"
    WHOLE = "whole"


@dataclass(frozen=True)
class CameBack:
    """Yuan: asked of the customer, and no longer borne by whose coupon it is (`from_customer` is part of it)."""

    from_customer: Decimal
    to_budget: Decimal


def ended(waived: Sequence[Decimal], begun: int, rule: Clawback, rounding: Rounding = Rounding.HALF_UP) -> CameBack:
    """A plan ended, by early repayment or default, when `begun` of its rows had begun: rows that never begin are not waived, as nothing is
    asked of them. Raises BadTerm for more rows than there are."""
    if not 0 <= begun <= len(waived):
        raise BadTerm("begun", f"{begun} of {len(waived)} rows")
    used, unused = total(waived[:begun]), total(waived[begun:])
    parts = {
        Clawback.NONE: Fraction(0),
        Clawback.UNUSED: Fraction(len(waived) - begun, len(waived)) if waived else Fraction(0),
        Clawback.WHOLE: Fraction(1) if begun < len(waived) else Fraction(0),
    }
    asked = cents(Fraction(used) * parts[rule], rounding)
    return CameBack(asked, unused + asked)


def refunded(waived: Sequence[Decimal], price: Decimal, refund: Decimal, rounding: Rounding = Rounding.HALF_UP) -> CameBack:
    """The goods went back for `refund` of their `price`: that part of the whole waiver returns to the budget, nothing is asked of the
    customer. Raises BadAmount for more than the price."""
    if not 0 <= refund <= checked(price, "price") or price == 0:
        raise BadAmount("refund", f"{refund} of {price}")
    return CameBack(Decimal("0.00"), cents(Fraction(total(waived)) * Fraction(refund) / Fraction(price), rounding))
