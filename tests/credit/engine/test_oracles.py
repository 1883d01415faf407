"""The engine against other ways to the same number: day by day, pyxirr, a naive annuity."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credit.engine import apr
from credit.engine.day_count import DayCount, Every
from credit.engine.money import total
from credit.engine.replan import Payment, Prepay, replan
from credit.engine.schedule import schedule, simple
from credit.engine.terms import Loan, Method, Terms
from tests.credit.engine.strategies import PREPAYS, loans, payments

FEW = settings(max_examples=40)


def repaid(loan: Loan, paid: list[Payment], prepay: Prepay, day: date) -> Decimal:
    """Principal that has been paid by the end of `day`."""
    return total(planned.paid_principal for planned in replan(loan, [payment for payment in paid if payment.on <= day], prepay, day).rows)


def day_by_day(loan: Loan, paid: list[Payment], prepay: Prepay, end: date) -> Fraction:
    """Interest on what is really owed at the beginning of each day, without rounding."""
    interest, day, owed, first = Fraction(0), loan.disbursements[0].on, Fraction(0), True
    changes = {event.on for event in (*loan.disbursements, *paid)}
    while day < end:
        if day in changes or first:
            out = total(disbursement.amount for disbursement in loan.disbursements if disbursement.on <= day)
            owed, first = Fraction(max(Decimal(0), out - repaid(loan, paid, prepay, day))), False
        interest += owed * Fraction(loan.rate_on(day)) / 365
        day += timedelta(days=1)
    return interest


@FEW
@given(loans(fees=False, owed=False), PREPAYS, st.data())
def test_interest_is_that_of_each_day_on_what_was_owed(loan: Loan, prepay: Prepay, data: st.DataObject) -> None:
    assume(loan.terms.method is not Method.FLAT)
    ours = replace(loan, terms=replace(loan.terms, day_count=DayCount.ACT_365))
    paid = sorted(data.draw(payments(ours)), key=lambda payment: payment.on)
    end = max([ours.terms.spans()[-1].due_on, *(payment.on for payment in paid)])
    plan = replan(ours, paid, prepay, end)
    stretches = len(plan.rows) + 2 * len(paid) + len(ours.disbursements) + len(ours.rate_changes)
    assert abs(Fraction(plan.total_interest) - day_by_day(ours, paid, prepay, end)) <= Fraction(stretches, 200)


@given(
    st.lists(st.tuples(st.dates(date(2024, 6, 1), date(2034, 1, 1)), st.integers(1, 10_000)), min_size=1, max_size=12), st.integers(30, 300)
)
def test_xirr_is_what_pyxirr_finds(paid: list[tuple[date, int]], percent: int) -> None:
    lent = sum(amount for _, amount in paid) * 100 / percent
    flows = [(date(2024, 1, 1), -lent), *((on, float(amount)) for on, amount in paid)]
    theirs = pyxirr.xirr([on for on, _ in flows], [amount for _, amount in flows], silent=True)
    assume(theirs is not None and -0.9 < theirs < 20)
    ours = apr.xirr([apr.Dated(on, Decimal(amount)) for on, amount in flows])
    assert abs(float(ours) - theirs) < 1e-7 * max(1, abs(theirs))


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=36), st.integers(40, 300))
def test_irr_is_what_pyxirr_finds(paid: list[int], percent: int) -> None:
    flows = [-sum(paid) * 100 / percent, *map(float, paid)]
    theirs = pyxirr.irr(flows, silent=True)
    assume(theirs is not None and -0.9 < theirs < 20)
    assert abs(float(apr.irr([Decimal(amount) for amount in flows])) - theirs) < 1e-7


@pytest.mark.parametrize("periods", [1, 2, 12, 36, 360])
@pytest.mark.parametrize("rate", ["0.0001", "0.0365", "0.36"])
def test_the_level_instalment_is_the_textbook_annuity(periods: int, rate: str) -> None:
    principal, monthly = Decimal("123456.78"), Decimal(rate) / 12
    textbook = principal * monthly / (1 - (1 + monthly) ** -periods)
    rows = schedule(simple(Terms(Method.EQUAL_INSTALMENT, Decimal(rate), periods, date(2024, 1, 31), Every()), principal))
    assert len(rows) == periods
    assert abs(rows[0].due - textbook) <= Decimal("0.005001")
    assert abs(rows[-1].due - textbook) <= Decimal("0.02") * periods * (1 + Decimal(rate)) ** (periods // 12 + 1)
