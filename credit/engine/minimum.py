"""The least a statement asks, and what paying only that leads to."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import Rounding
from credit.engine.money import ZERO, BadRate, BadTerm, cents, checked


@dataclass(frozen=True)
class MinimumTerms:
    """`rate` of the consumption principal (0.10 is 10 %), at least `floor` yuan in all. Raises BadRate, BadAmount."""

    rate: Decimal
    floor: Decimal = ZERO
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise BadRate("rate", f"{self.rate} is no part of 1")
        checked(self.floor, "floor")


@dataclass(frozen=True)
class Billed:
    """What a statement asks, in yuan. `over_limit`: how much of it lies above the limit. `consumption` is spent and not on instalments."""

    consumption: Decimal
    instalments: Decimal = ZERO
    interest: Decimal = ZERO
    fees: Decimal = ZERO
    penalties: Decimal = ZERO
    over_limit: Decimal = ZERO
    past_minimum: Decimal = ZERO

    @property
    def whole(self) -> Decimal:
        """All that is due; what is over the limit is part of the consumption, an unpaid minimum is in it too."""
        return self.consumption + self.instalments + self.interest + self.fees + self.penalties


def minimum_payment(billed: Billed, terms: MinimumTerms) -> Decimal:
    """`rate` of the consumption, all instalments, interest, fees and penalties, what is over the limit and a minimum left unpaid before; at
    least the floor, never above what is due. Source: PRC card practice (10 % from 2010, since 2021 agreed per product). Raises
    BadAmount."""
    for name in ("consumption", "instalments", "interest", "fees", "penalties", "over_limit", "past_minimum"):
        checked(getattr(billed, name), name)
    part = cents(Fraction(billed.consumption) * Fraction(terms.rate), terms.rounding)
    whole = billed.whole
    asked = part + (whole - billed.consumption) + billed.over_limit + billed.past_minimum
    return min(max(asked, terms.floor), whole)


@dataclass(frozen=True)
class Cycle:
    """Balance before the payment, the payment, interest on what stayed; yuan."""

    number: int
    balance: Decimal
    payment: Decimal
    interest: Decimal


def revolved(balance: Decimal, monthly_rate: Decimal, terms: MinimumTerms) -> list[Cycle]:
    """Cycle after cycle of paying the minimum alone, interest on what stays after the payment, each rounded to the cent, until nothing is
    owed. Raises BadTerm when it never ends, BadRate, BadAmount."""
    if monthly_rate < 0:
        raise BadRate("monthly_rate", f"{monthly_rate} is no rate")
    left = checked(balance, "balance")
    cycles: list[Cycle] = []
    while left:
        payment = minimum_payment(Billed(left), terms)
        interest = cents(Fraction(left - payment) * Fraction(monthly_rate), terms.rounding)
        cycles.append(Cycle(len(cycles) + 1, left, payment, interest))
        if interest >= payment:
            raise BadTerm("terms", f"the minimum of {payment} never repays {left}")
        left += interest - payment
    return cycles


def revolving_interest(carried: Decimal, daily_rate: Decimal, days: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Simple interest in yuan of what was not paid of a statement, rounded once. Raises BadRate, BadTerm, BadAmount."""
    if daily_rate < 0:
        raise BadRate("daily_rate", f"{daily_rate} is no rate")
    if days < 0:
        raise BadTerm("days", f"{days} days")
    return cents(Fraction(checked(carried, "carried")) * Fraction(daily_rate) * days, rounding)
