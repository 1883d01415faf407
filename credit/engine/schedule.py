"""Schedules: what a loan asks, instalment by instalment, if it is repaid as agreed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from credit.engine.levels import DIGITS
from credit.engine.money import BadTerm, checked
from credit.engine.paying import Asked
from credit.engine.terms import Disbursement, Fees, Loan, Method, RateChange, Row, Terms, total_interest
from credit.engine.walk import Walk

__all__ = [
    "Disbursement",
    "Fees",
    "Loan",
    "Method",
    "RateChange",
    "Row",
    "Terms",
    "final",
    "schedule",
    "simple",
    "total_interest",
    "unrounded",
]


def simple(terms: Terms, principal: Decimal, disbursed_on: date | None = None) -> Loan:
    """A loan of one disbursement, on the first day of the first period unless told. Raises EngineError."""
    return Loan(terms, (Disbursement(disbursed_on or terms.starts_on, checked(principal, "principal")),))


def schedule(loan: Loan) -> list[Row]:
    """The rows of `loan`. Principal adds up to what is disbursed; the last row takes what rounding left. A row whose interest is more than
    the level instalment asks the interest alone. An instalment rounded up so far that nothing is left ends the plan early."""
    walk = Walk(loan)
    walk.run()
    return [final(asked) for asked in walk.rows]


def final(asked: Asked) -> Row:
    """A row as it asks in the end: with interest after the last due day, without what was let off."""
    return replace(asked.row, interest=asked.interest, fee=asked.fee)


def unrounded(principal: Decimal, factors: Sequence[Fraction]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """(interest, principal, balance after) of an equal-instalment plan without any rounding, 28 digits; `factors`: what a balance grows by
    in each period (0.01: by 1 %). For checking, never beside rows that are rounded. Source: the PMT and IPMT of spreadsheets. Raises
    BadTerm for no period."""
    if not factors:
        raise BadTerm("factors", "no period")
    with localcontext(prec=DIGITS):
        grows = [Decimal(factor.numerator) / Decimal(factor.denominator) for factor in factors]
        discount, worth = Decimal(1), Decimal(0)
        for grow in grows:
            discount /= 1 + grow
            worth += discount
        asked, left, found = principal / worth, principal, []
        for grow in grows:
            interest = left * grow
            left += interest - asked
            found.append((+interest, asked - interest, left))
    return found
