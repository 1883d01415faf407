"""The plan that follows from what was paid and when; what ends a loan on a day; plans for a customer in hardship."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.money import Rounding
from credit.engine.money import ZERO, BadAmount, BadDay, BadTerm, cents, checked, total
from credit.engine.paying import Asked, Payment, Prepay, Toward, Waived, Waiver
from credit.engine.schedule import final, schedule, simple
from credit.engine.terms import Loan, RateChange, Row, Terms, total_interest
from credit.engine.walk import Walk

__all__ = [
    "Payment", "Planned", "Prepay", "ReAged", "Replanned", "Settlement", "Toward", "Waived", "Waiver", "at_new_rate", "extended",
    "lengthened", "re_age", "re_amortised", "replan", "rule_of_78", "settlement", "unearned_interest",
]  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """A row with what is paid of it in yuan, ahead of time too; `paid_on`: the day the last of it was paid or let off, None while
    something is owed."""

    row: Row
    paid: Decimal
    paid_principal: Decimal
    paid_on: date | None

    @property
    def owed(self) -> Decimal:
        return self.row.due - self.paid


@dataclass(frozen=True)
class Replanned:
    """`overpaid`: what is left when everything is paid, to be given back."""

    rows: list[Planned]
    overpaid: Decimal

    @property
    def total_interest(self) -> Decimal:
        return total_interest([planned.row for planned in self.rows])


@dataclass(frozen=True)
class Settlement:
    """What ends a loan on a day, in yuan: principal, interest and fees, overdue ones with them, less what was `ahead`, paid before it fell
    due. Penalties are not in it."""

    principal: Decimal
    interest: Decimal
    fee: Decimal
    ahead: Decimal

    @property
    def amount(self) -> Decimal:
        return max(ZERO, self.principal + self.interest + self.fee - self.ahead)


def in_order(payments: Sequence[Payment]) -> list[Payment]:
    """By day; those of one day as given. Raises BadAmount for one that is not more than nothing."""
    if any(checked(payment.amount, "payments.amount") == 0 for payment in payments):
        raise BadAmount("payments.amount", "0 pays nothing")
    return sorted(payments, key=lambda payment: payment.on)


def walked(loan: Loan, payments: Sequence[Payment], prepay: Prepay, until: date | None, waivers: Sequence[Waiver]) -> Walk:
    ordered = in_order(payments)
    for waiver in waivers:
        checked(waiver.amount, "waivers.amount")
    last = max([loan.terms.starts_on, *(payment.on for payment in ordered), *(waiver.on for waiver in waivers)])
    if until is not None and until < last:
        raise BadDay("as_of", f"{until} is before {last}, when something was paid or let off")
    return Walk(loan, ordered, prepay, until or last, sorted(waivers, key=lambda waiver: waiver.on))


def replan(
    loan: Loan, payments: Sequence[Payment], prepay: Prepay = Prepay.SKIP, as_of: date | None = None, waivers: Sequence[Waiver] = ()
) -> Replanned:
    """The plan as seen on `as_of` (the day of the last payment or waiver unless told; none may be after it). Of money that paid penalties
    only the rest is a payment here; waivers of a day come before its payments.

    A payment pays what is overdue, the oldest first, then the instalment that runs, then does what `prepay` says; one toward principal goes
    there straight after what is overdue. What is paid before the due day is principal and lowers the balance that bears interest from that
    day on: an instalment whose principal is paid so asks its interest still, and principal beyond it is paid ahead of the plan. Overdue
    principal bears interest to `as_of`, each stretch of constant balance rounded by itself; interest bears none. A payment of all that
    `settlement` asks ends the plan. Fees of rows that fall away are not asked. Sources: Apache Fineract, daily interest recalculation.
    Raises EngineError.
    """
    walk = walked(loan, payments, prepay, as_of, waivers)
    walk.run()
    return Replanned([planned(asked) for asked in walk.rows], walk.overpaid)


def planned(asked: Asked) -> Planned:
    return Planned(final(asked), asked.paid, asked.paid_principal, asked.paid_on)


def settlement(
    loan: Loan, on: date, payments: Sequence[Payment] = (), prepay: Prepay = Prepay.SKIP, waivers: Sequence[Waiver] = ()
) -> Settlement:
    """What is to be paid on `on` to end the loan, payments of that day counted, and disbursements but on a due day: all principal, interest
    to that day (the rest is unearned and not asked; flat interest is earned by days within its period), fees of the periods that have
    begun. Raises EngineError, BadDay before anything is disbursed."""
    if on < loan.disbursements[0].on:
        raise BadDay("on", f"nothing is disbursed on {on}")
    walk = walked(loan, payments, prepay, on, waivers)
    walk.run_to(on)
    running = walk.stopped and not walk.settled
    return Settlement(
        total(row.owed_principal for row in walk.rows) + (walk.scheduled if running else ZERO),
        total(row.owed_interest for row in walk.rows) + (walk.interest_so_far() if running else ZERO),
        total(row.owed_fee for row in walk.rows) + (walk.fees[walk.place] if running else ZERO),
        walk.ahead,
    )


def unearned_interest(loan: Loan, on: date, payments: Sequence[Payment] = (), prepay: Prepay = Prepay.SKIP) -> Decimal:
    """Interest the plan would still earn after `on` and does not when the loan ends that day."""
    kept = replan(loan, payments, prepay, on).total_interest
    ending = settlement(loan, on, payments, prepay)
    if ending.amount == 0:
        return ZERO
    ended = replan(loan, [*payments, Payment(on, ending.amount)], prepay, on).total_interest
    return kept - ended


@dataclass(frozen=True)
class ReAged:
    """A new loan in place of an old one: `loan` is its terms, `rows` what they ask; `old_due` what the old instalments still ask."""

    loan: Loan
    rows: list[Row]
    old_due: Decimal = ZERO


def re_age(
    terms: Terms, outstanding: Decimal, *, as_of: date, first_due_on: date, instalments: int, interest_owed: Decimal = ZERO
) -> ReAged:
    """`instalments` new rows for the `outstanding` principal, the first due on `first_due_on`, with the method, frequency, day count and
    rounding of `terms`, at its rate from `as_of` on. `interest_owed` before it is asked in equal parts beside. The old rows ask nothing any
    more, so that days past due begin anew. Source: Apache Fineract, re-aging. Raises EngineError."""
    dues = tuple(terms.every.after(first_due_on, number) for number in range(instalments))
    return anew(terms, outstanding, as_of=as_of, dues=dues, interest_owed=interest_owed)


def anew(terms: Terms, outstanding: Decimal, *, as_of: date, dues: tuple[date, ...], interest_owed: Decimal = ZERO) -> ReAged:
    if not dues or dues[0] <= as_of:
        raise BadDay("first_due_on", f"no day after {as_of} is named")
    if checked(outstanding, "outstanding") == 0:
        raise BadAmount("outstanding", "nothing is owed")
    fresh = replace(terms, periods=len(dues), starts_on=as_of, due_on=dues, instalment=None, principal_grace=0, interest_grace=0, fees=None)
    loan = replace(simple(fresh, outstanding), interest_owed=interest_owed)
    return ReAged(loan, schedule(loan))


def re_amortised(terms: Terms, outstanding: Decimal, *, as_of: date, remaining: Sequence[date], interest_owed: Decimal = ZERO) -> ReAged:
    """The `outstanding` principal, overdue or not, spread anew over the due days that remain. Source: Apache Fineract, re-amortization."""
    return anew(terms, outstanding, as_of=as_of, dues=tuple(remaining), interest_owed=interest_owed)


def lengthened(
    terms: Terms, outstanding: Decimal, *, as_of: date, remaining: Sequence[date], more: int, interest_owed: Decimal = ZERO
) -> ReAged:
    """The due days that remain and `more` instalments after them. Raises BadTerm for a number below 1."""
    if more < 1 or not remaining:
        raise BadTerm("more", f"{more} instalments after {len(remaining)}")
    anchor = max(remaining, key=lambda day: day.day) if terms.every.unit == "month" else remaining[-1]
    gap = steps(terms, anchor, remaining[-1])
    added = (terms.every.after(anchor, gap + number) for number in range(1, more + 1))
    return anew(terms, outstanding, as_of=as_of, dues=(*remaining, *added), interest_owed=interest_owed)


def steps(terms: Terms, anchor: date, day: date) -> int:
    found = 0
    while terms.every.after(anchor, found) < day:
        found += 1
    return found


def extended(
    terms: Terms, outstanding: Decimal, *, as_of: date, remaining: Sequence[date], by: int, interest_owed: Decimal = ZERO
) -> ReAged:
    """Every due day that remains, `by` periods later; interest runs through the time between. Raises BadTerm for a number below 1."""
    if by < 1:
        raise BadTerm("by", f"{by} periods later")
    longest = max(remaining, key=lambda day: day.day, default=as_of)
    dues = tuple(terms.every.after(longest, place + by - list(remaining).index(longest)) for place in range(len(remaining)))
    return anew(terms, outstanding, as_of=as_of, dues=dues, interest_owed=interest_owed)


def at_new_rate(loan: Loan, on: date, rate: Decimal) -> Loan:
    """The same loan at `rate` a year from `on`: what a waiver of interest to come is."""
    return replace(loan, rate_changes=(*loan.rate_changes, RateChange(on, rate)))


def rule_of_78(interest: Decimal, periods: int, lived: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Unearned flat interest by the sum of the digits, when `lived` of `periods` are over: interest x r(r+1) / n(n+1), r the periods left;
    the other rule beside `unearned_interest`, by days. Raises BadTerm for more lived than there are."""
    if periods < 1 or not 0 <= lived <= periods:
        raise BadTerm("lived", f"{lived} of {periods} periods")
    left = periods - lived
    return cents(Fraction(checked(interest, "interest")) * left * (left + 1) / (periods * (periods + 1)), rounding)
