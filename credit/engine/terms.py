"""What a plan is made from, and the rows it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import Rounding
from credit.engine.day_count import MONTHLY, DayCount, Every, Period, periods_of
from credit.engine.money import CENT, ZERO, BadDay, BadRate, BadTerm, cents, checked, rounded, total


class Method(StrEnum):
    """EQUAL_INSTALMENT: every row asks the same in all. EQUAL_PRINCIPAL: the same principal. FLAT: interest of the whole term on the first
    principal, in equal parts. INTEREST_ONLY: all principal in the last row."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    FLAT = "flat"
    INTEREST_ONLY = "interest_only_balloon"


class Stretches(StrEnum):
    """Where interest is rounded inside a period. EACH: for each stretch of constant balance and rate. TOGETHER: only where a payment
    changes the balance, as it must be known to the cent then; disbursements and new rates are added up first. Source: Apache Fineract, its
    schedules with interest recalculation and its progressive ones."""

    EACH = "each"
    TOGETHER = "together"


class FeeBasis(StrEnum):
    PER_PERIOD = "per_period"
    TOTAL = "total"


class FeeTiming(StrEnum):
    EACH = "each"
    FIRST = "first"


@dataclass(frozen=True)
class Fees:
    """A fee of `rate` times the principal (0.006 is 0.6 %), per period or in total; asked in each row or all with the first."""

    rate: Decimal
    basis: FeeBasis = FeeBasis.PER_PERIOD
    timing: FeeTiming = FeeTiming.EACH

    def __post_init__(self) -> None:
        check_rate(self.rate, "fees.rate")


@dataclass(frozen=True)
class Terms:
    """`rate` a year; `periods` from `starts_on`, each `every`; `due_on` names the due days instead, where they follow no such rule, and
    then there are as many periods. `multiple_of` yuan: what a level instalment is a multiple of, the last takes the rest (of
    EQUAL_PRINCIPAL and INTEREST_ONLY none is level). `instalment`: what the contract of EQUAL_INSTALMENT says each row asks, until
    something changes it. `principal_grace`, `interest_grace`: so many first rows ask no principal, no interest; interest is put off to the
    row after them, not waived. `smoothing`: the level instalment moves by cents while that brings the last row closer to it. Raises
    BadRate, BadTerm, BadAmount, BadDay."""

    method: Method
    rate: Decimal
    periods: int
    starts_on: date
    every: Every = MONTHLY
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_EVEN
    multiple_of: Decimal = CENT
    instalment: Decimal | None = None
    principal_grace: int = 0
    interest_grace: int = 0
    smoothing: bool = False
    stretches: Stretches = Stretches.EACH
    fees: Fees | None = None
    due_on: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        check_rate(self.rate, "rate")
        if self.periods < 1:
            raise BadTerm("periods", f"{self.periods} instalments are no plan")
        if self.due_on and len(self.due_on) != self.periods:
            raise BadTerm("due_on", f"{len(self.due_on)} days are named for {self.periods} instalments")
        for field, grace in (("principal_grace", self.principal_grace), ("interest_grace", self.interest_grace)):
            if not 0 <= grace < self.periods:
                raise BadTerm(field, f"{grace} of {self.periods} instalments")
        if checked(self.multiple_of, "multiple_of") <= 0:
            raise BadTerm("multiple_of", "0 is no unit")
        if self.instalment is not None and (checked(self.instalment, "instalment") <= 0 or self.method is not Method.EQUAL_INSTALMENT):
            raise BadTerm("instalment", f"{self.instalment} of {self.method}: only what is asked equally is named, and more than 0")

    def spans(self) -> list[Period]:
        """The periods in order. Raises BadDay when named days do not follow each other."""
        dues = self.due_on or [self.every.after(self.starts_on, number) for number in range(1, self.periods + 1)]
        return periods_of(self.starts_on, dues)

    def money(self, value: Fraction) -> Decimal:
        """`value` rounded to cents as these terms say."""
        return cents(value, self.rounding)

    def instalments(self, value: Fraction) -> Decimal:
        """`value` rounded to what an instalment is a multiple of."""
        return rounded(value, self.multiple_of, self.rounding)


@dataclass(frozen=True)
class Disbursement:
    """`amount` yuan that bear interest from `on`, that day not counted."""

    on: date
    amount: Decimal


@dataclass(frozen=True)
class RateChange:
    """From `on`, that day itself counted, the rate is `rate` a year. Source: Apache Fineract, interest rate change."""

    on: date
    rate: Decimal

    @property
    def after(self) -> date:
        """The last day at the old rate: days are counted by their end."""
        return self.on - timedelta(days=1)


@dataclass(frozen=True)
class Loan:
    """Terms with what was disbursed and how the rate changed. `interest_owed` yuan come from an older plan: asked in equal parts beside
    what the rows ask, bearing nothing. Raises BadTerm, BadDay, BadAmount, BadRate."""

    terms: Terms
    disbursements: tuple[Disbursement, ...]
    rate_changes: tuple[RateChange, ...] = ()
    interest_owed: Decimal = ZERO

    def __post_init__(self) -> None:
        checked(self.interest_owed, "interest_owed")
        days = [disbursement.on for disbursement in self.disbursements]
        spans = self.terms.spans()
        if not days or days != sorted(days):
            raise BadTerm("disbursements", "there is none, or they are not in the order of their days")
        if days[0] < spans[0].from_on or days[0] >= spans[0].due_on or days[-1] >= spans[-1].due_on:
            raise BadDay("disbursements", "the first lies in the first period, and none on or after the last due day")
        if any(checked(disbursement.amount, "disbursements.amount") == 0 for disbursement in self.disbursements):
            raise BadTerm("disbursements", "nothing is disbursed")
        for change in self.rate_changes:
            check_rate(change.rate, "rate_changes.rate")
        if self.terms.method is Method.FLAT and (len(days) > 1 or self.rate_changes):
            raise BadTerm("method", "flat interest is fixed at the start: one disbursement, one rate")

    @property
    def principal(self) -> Decimal:
        return total(disbursement.amount for disbursement in self.disbursements)

    def rate_on(self, day: date) -> Decimal:
        """The rate of the days that follow `day`."""
        found = self.terms.rate
        for change in sorted(self.rate_changes, key=lambda change: change.on):
            if change.after <= day:
                found = change.rate
        return found


@dataclass(frozen=True)
class Row:
    """Instalment `number` (from 1) for the days after `from_on` up to `due_on`; what it asks, in yuan, and what is still to come after it:
    the scheduled principal, with what is disbursed on its due day."""

    number: int
    from_on: date
    due_on: date
    principal: Decimal
    interest: Decimal
    fee: Decimal
    balance: Decimal

    @property
    def due(self) -> Decimal:
        return self.principal + self.interest + self.fee


def check_rate(rate: Decimal, field: str) -> None:
    """Raises BadRate for a rate that is negative or no number."""
    if not rate.is_finite() or rate < 0:
        raise BadRate(field, f"{rate} is no rate")


def total_interest(rows: Sequence[Row]) -> Decimal:
    return total(row.interest for row in rows)


def fee_parts(fees: Fees | None, principal: Decimal, periods: int, how: Rounding) -> list[Decimal]:
    """The fee of each row in yuan; of a total in equal parts, the remainder is in the last. All with the first: the sum of them."""
    if fees is None:
        return [ZERO] * periods
    whole = Fraction(fees.rate) * Fraction(principal)
    parts = [cents(whole, how)] * periods if fees.basis is FeeBasis.PER_PERIOD else equal_parts(cents(whole, how), periods, how)
    return parts if fees.timing is FeeTiming.EACH else [total(parts), *[ZERO] * (periods - 1)]


def equal_parts(amount: Decimal, parts: int, how: Rounding) -> list[Decimal]:
    """`amount` in equal parts rounded to the cent; the last takes the remainder, and where rounding up leaves less than nothing for it,
    the ones before it take less."""
    each, left, found = cents(Fraction(amount) / parts, how), amount, []
    for _ in range(parts - 1):
        found.append(min(each, left))
        left -= found[-1]
    return [*found, left]
