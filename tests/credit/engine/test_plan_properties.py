"""What holds of every plan, whatever is agreed and whatever is paid: nothing is lost or made, nothing is less than nothing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credit.engine.apr import effective, fee_instalment_rate, irr, nominal
from credit.engine.day_count import DayCount, Every
from credit.engine.money import ZERO, total
from credit.engine.replan import Payment, Prepay, Replanned, Toward, replan, settlement, unearned_interest
from credit.engine.schedule import schedule, unrounded
from credit.engine.terms import Loan, Method, total_interest
from tests.credit.engine.strategies import PREPAYS, RATES, loans, money, payments, waivers

FEW = settings(max_examples=60)


def assert_whole(loan: Loan, plan: Replanned) -> None:
    """Nothing negative; principal adds up to what was disbursed; no row is paid more than it asks."""
    for planned in plan.rows:
        row = planned.row
        assert min(row.principal, row.interest, row.fee, row.balance, planned.paid, planned.paid_principal, planned.owed) >= 0
        assert planned.paid_principal <= min(row.principal, planned.paid)
        assert planned.paid_on is None or planned.owed == 0
        assert planned.paid_on is not None or planned.owed > 0 or planned.paid == 0
    assert total(planned.row.principal for planned in plan.rows) == loan.principal
    assert plan.rows[-1].row.balance == 0
    assert plan.overpaid >= 0


@given(loans())
def test_a_schedule_repays_what_was_disbursed_and_no_part_of_it_is_negative(loan: Loan) -> None:
    rows = schedule(loan)
    left = ZERO
    for row, span in zip(rows, loan.terms.spans(), strict=False):
        assert (row.from_on, row.due_on) == (span.from_on, span.due_on)
        left += total(d.amount for d in loan.disbursements if row.from_on <= d.on < row.due_on and (d.on > row.from_on or row.number == 1))
        left += total(d.amount for d in loan.disbursements if d.on == row.due_on) - row.principal
        assert min(row.principal, row.interest, row.fee, row.balance) >= 0
        assert row.balance == left
        assert row.due == row.due.quantize(Decimal("0.01"))
    assert left == 0
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(loans(events=False, graces=False, level=True, owed=False))
def test_level_instalments_are_level_but_for_the_last_and_what_interest_asks_alone(loan: Loan) -> None:
    rows = schedule(loan)
    full = [row for row in rows[:-1] if row.principal and row.balance]
    asked = {row.due - row.fee for row in full}
    assert len(asked) <= 1
    assert all(due % loan.terms.multiple_of == 0 for due in asked)


@given(loans(), st.data())
def test_looking_at_a_plan_before_anything_is_due_changes_nothing(loan: Loan, data: st.DataObject) -> None:
    rows = schedule(loan)
    as_of = loan.terms.starts_on + timedelta(days=data.draw(st.integers(0, (rows[0].due_on - loan.terms.starts_on).days)))
    plan = replan(loan, [], as_of=as_of)
    assert [planned.row for planned in plan.rows] == rows


@given(loans(), PREPAYS)
def test_paying_each_instalment_on_its_day_keeps_the_schedule(loan: Loan, prepay: Prepay) -> None:
    rows = schedule(loan)
    paid = [Payment(row.due_on, row.due) for row in rows if row.due]
    plan = replan(loan, paid, prepay)
    assert [planned.row for planned in plan.rows] == rows
    assert plan.overpaid == 0
    assert all(planned.owed == 0 for planned in plan.rows)


@given(loans(), PREPAYS, st.data())
def test_whatever_is_paid_when_every_cent_is_somewhere(loan: Loan, prepay: Prepay, data: st.DataObject) -> None:
    paid, let_off = data.draw(payments(loan)), data.draw(waivers(loan))
    plan = replan(loan, paid, prepay, waivers=let_off)
    assert_whole(loan, plan)
    assert total(planned.paid for planned in plan.rows) + plan.overpaid == total(payment.amount for payment in paid)
    assert replan(loan, sorted(paid, key=lambda payment: payment.on), prepay, waivers=let_off[::-1]) == plan


@given(loans(), PREPAYS, st.data())
def test_the_settlement_of_any_day_ends_the_loan_to_the_cent(loan: Loan, prepay: Prepay, data: st.DataObject) -> None:
    paid, let_off = data.draw(payments(loan, 3)), data.draw(waivers(loan))
    since = max([loan.disbursements[-1].on + timedelta(days=1), *(event.on for event in (*paid, *let_off))])
    on = since + timedelta(days=data.draw(st.integers(0, 200)))
    asked = settlement(loan, on, paid, prepay, let_off)
    assert min(asked.principal, asked.interest, asked.fee, asked.ahead) >= 0
    before = replan(loan, paid, prepay, on, let_off)
    if asked.amount == 0:
        return
    after = replan(loan, [*paid, Payment(on, asked.amount)], prepay, waivers=let_off)
    assert_whole(loan, after)
    assert after.overpaid == before.overpaid
    assert all(planned.owed == 0 for planned in after.rows)
    assert total(planned.paid for planned in after.rows) == total(payment.amount for payment in paid) - before.overpaid + asked.amount
    assert settlement(loan, on, [*paid, Payment(on, asked.amount)], prepay, let_off).amount == 0
    most = [Payment(on, asked.amount - Decimal("0.01"))] if asked.amount > Decimal("0.01") else []
    one_less = replan(loan, [*paid, *most], prepay, on, let_off)
    assert total(planned.owed for planned in one_less.rows) > 0


@given(loans(), PREPAYS)
def test_settling_on_the_last_due_day_is_what_the_schedule_has_left(loan: Loan, prepay: Prepay) -> None:
    rows = schedule(loan)
    paid = [Payment(row.due_on, row.due) for row in rows[:-1] if row.due]
    assert settlement(loan, rows[-1].due_on, paid, prepay).amount == rows[-1].due


@given(loans(events=False), PREPAYS, st.data())
def test_paying_ahead_never_makes_interest_more(loan: Loan, prepay: Prepay, data: st.DataObject) -> None:
    """But for the rounding of a smaller instalment: half its unit in each row that is left, and its interest."""
    rows = schedule(loan)
    on = loan.disbursements[0].on + timedelta(days=data.draw(st.integers(0, (rows[-1].due_on - loan.disbursements[0].on).days)))
    paid = [Payment(row.due_on, row.due) for row in rows if row.due and row.due_on < on]
    extra = Payment(on, data.draw(money()), data.draw(st.sampled_from(Toward)))
    years = Fraction((rows[-1].due_on - rows[0].from_on).days, 365)
    slack = Decimal("0.02") * len(rows) + loan.terms.multiple_of * len(rows) * Decimal(float(years)) * loan.terms.rate
    assert replan(loan, [*paid, extra], prepay).total_interest <= total_interest(rows) + slack
    assert unearned_interest(loan, on, paid, prepay) >= 0 - slack


@given(loans(events=False, level=True, graces=False, fees=False, least=100_000, owed=False), st.data())
def test_fewer_instalments_are_fewer_and_smaller_ones_smaller(loan: Loan, data: st.DataObject) -> None:
    rows = schedule(loan)
    assume(len(rows) >= 4 and rows[1].principal and rows[-2].principal)
    extra = [Payment(rows[0].due_on, rows[0].due + 2 * rows[1].principal)]
    fewer, smaller, skipped = (replan(loan, extra, prepay) for prepay in (Prepay.FEWER, Prepay.SMALLER, Prepay.SKIP))
    assert len(fewer.rows) < len(rows)
    assert [planned.row.due for planned in fewer.rows[1:-1]] == [rows[1].due] * (len(fewer.rows) - 2)
    assert smaller.rows[1].row.due < rows[1].due
    assert skipped.rows[1].row.principal == 0
    assert fewer.total_interest <= skipped.total_interest + Decimal("0.10")


@FEW
@given(RATES.filter(bool), st.integers(1, 36), money(100_000_00, 1_000_000_000))
def test_a_schedule_at_a_rate_has_that_rate(rate: Decimal, periods: int, principal: Decimal) -> None:
    exact = unrounded(principal, [Fraction(rate) / 12] * periods)
    found = irr([-principal, *(interest + part for interest, part, _ in exact)])
    assert abs(nominal(found) - rate) < Decimal("1e-15")
    assert abs(exact[-1][2]) < Decimal("1e-15")


@FEW
@given(loans(events=False, graces=False, fees=False, level=True, least=10_000_000, owed=False))
def test_the_rate_of_rounded_rows_is_the_agreed_one_but_for_the_cents(loan: Loan) -> None:
    terms = replace(loan.terms, every=Every(), day_count=DayCount.THIRTY_360, multiple_of=Decimal("0.01"))
    ours = Loan(terms, (replace(loan.disbursements[0], on=terms.starts_on),))
    assume(terms.rate > 0)
    rows = schedule(ours)
    assert abs(nominal(irr([-ours.principal, *(row.due for row in rows)])) - terms.rate) < Decimal("0.00001")


@FEW
@given(st.integers(1, 2_000).map(lambda bp: Decimal(bp) / 10_000), st.integers(1, 36))
def test_a_fee_on_instalments_costs_more_a_year_than_it_says(rate: Decimal, periods: int) -> None:
    found = fee_instalment_rate(rate, periods)
    assert found.simple <= found.irr_x12 + Decimal("1e-12") <= found.effective + Decimal("2e-12")
    assert effective(found.irr_x12 / 12) == found.effective or abs(effective(found.irr_x12 / 12) - found.effective) < Decimal("1e-15")


@given(loans(events=False).filter(lambda loan: loan.terms.method is Method.FLAT))
def test_flat_interest_is_that_of_the_whole_term(loan: Loan) -> None:
    rows = schedule(loan)
    start = max(loan.disbursements[0].on, rows[0].from_on)
    most = loan.principal * loan.terms.rate * Decimal((loan.terms.spans()[-1].due_on - start).days + 40) / 360
    assert total_interest(rows) <= most + loan.interest_owed + Decimal("0.01")
