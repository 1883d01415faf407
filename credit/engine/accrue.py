"""What has come up to a day: interest of a plan, service fee and penalty of what is late. Nothing is charged on what is charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import Rounding
from credit.engine.money import ZERO, BadRate, BadTerm, cents, checked, total
from credit.engine.replan import Payment, Prepay, settlement
from credit.engine.terms import Loan


def accrued_interest(loan: Loan, on: date, payments: Sequence[Payment] = (), prepay: Prepay = Prepay.SKIP) -> Decimal:
    """Interest in yuan earned by the end of `on` and not paid: of rows that are due, and of the running one by days. Raises EngineError."""
    return settlement(loan, on, payments, prepay).interest


class PenaltyBase(StrEnum):
    """What a penalty runs on. UNPAID: all that is unpaid, once less than the minimum was paid. SHORT_OF_MINIMUM: what the minimum lacks.
    PRINCIPAL: overdue principal alone. Of a plan without a minimum the first two are the same."""

    UNPAID = "unpaid"
    SHORT_OF_MINIMUM = "short_of_minimum"
    PRINCIPAL = "principal"


@dataclass(frozen=True)
class LateTerms:
    """Rates per day (0.0005 is 0.05 %). `cap_rate`: a penalty never exceeds this part of its base; None: no cap. Raises BadRate."""

    daily_service_rate: Decimal = Decimal(0)
    daily_penalty_rate: Decimal = Decimal(0)
    base: PenaltyBase = PenaltyBase.UNPAID
    cap_rate: Decimal | None = None
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        for name in ("daily_service_rate", "daily_penalty_rate"):
            if getattr(self, name) < 0:
                raise BadRate(name, "less than nothing")
        if self.cap_rate is not None and self.cap_rate < 0:
            raise BadRate("cap_rate", "less than nothing")


@dataclass(frozen=True)
class Late:
    service_fee: Decimal
    penalty: Decimal

    @property
    def total(self) -> Decimal:
        return self.service_fee + self.penalty


def late_charge(
    terms: LateTerms, *, due: Decimal, paid: Decimal, days: int, minimum: Decimal | None = None, principal: Decimal | None = None
) -> Late:
    """Of a statement of `due` yuan, `paid` of it, `days` late: the service fee on all that is unpaid; the penalty on its base, nothing once
    the `minimum` is paid (None: all is). `principal`: overdue principal, for a base of principal. Simple, rounded once. Raises
    EngineError."""
    if days < 0:
        raise BadTerm("days", f"{days} days")
    least = checked(due, "due") if minimum is None else checked(minimum, "minimum")
    unpaid, short = max(ZERO, due - checked(paid, "paid")), max(ZERO, least - paid)
    bases = {PenaltyBase.UNPAID: unpaid, PenaltyBase.SHORT_OF_MINIMUM: short, PenaltyBase.PRINCIPAL: principal}
    base = bases[terms.base]
    if base is None:
        raise BadTerm("principal", "the base of the penalty is not told")
    fee = cents(Fraction(unpaid) * Fraction(terms.daily_service_rate) * days, terms.rounding)
    return Late(fee, penalty(terms, base, days) if short else ZERO)


def penalty(terms: LateTerms, base: Decimal, days: int) -> Decimal:
    """`days` of the daily penalty on `base` yuan, at most its cap."""
    grown = cents(Fraction(checked(base, "base")) * Fraction(terms.daily_penalty_rate) * days, terms.rounding)
    return grown if terms.cap_rate is None else min(grown, cents(Fraction(base) * Fraction(terms.cap_rate), terms.rounding))


@dataclass(frozen=True)
class Owed:
    """`base` yuan that were late for `days`: a stretch in which nothing was paid."""

    base: Decimal
    days: int


def penalty_over(terms: LateTerms, stretches: Sequence[Owed]) -> Decimal:
    """The penalty of a debt that is paid off in parts: each stretch rounded by itself, the cap of the largest base over all of them."""
    grown = total(
        penalty(LateTerms(ZERO, terms.daily_penalty_rate, terms.base, None, terms.rounding), part.base, part.days) for part in stretches
    )
    if terms.cap_rate is None or not stretches:
        return grown
    return min(grown, cents(Fraction(max(part.base for part in stretches)) * Fraction(terms.cap_rate), terms.rounding))
