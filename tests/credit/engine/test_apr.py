"""What a credit costs a year: roots that are there, roots that are not, unit-periods by dates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credit.engine import apr
from credit.engine.apr import Dated, NoRate, Timed
from credit.engine.money import BadAmount, BadDay, BadTerm
from credit.engine.unit_periods import Kind, UnitPeriod, payment_days, unit_period, us_actuarial

DAY = date(2024, 1, 15)


def flows(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize("amounts", [[], ["0", "0"], ["-100"], ["-100", "-5"], ["100", "5"], ["-100", "0", "0"]])
def test_flows_of_one_sign_have_no_rate(amounts: list[str]) -> None:
    with pytest.raises(NoRate, match="flows"):
        apr.irr(flows(*amounts))


def test_flows_of_one_day_have_no_rate() -> None:
    for dated in ([Dated(DAY, Decimal(-1)), Dated(DAY, Decimal(2))], []):
        with pytest.raises(NoRate):
            apr.xirr(dated)
        with pytest.raises(NoRate):
            us_actuarial(dated)
    with pytest.raises(NoRate):
        apr.actuarial_years([Timed(Fraction(1), Decimal(5))], Decimal(12))


def test_a_loss_is_a_negative_rate_and_nothing_lost_is_none() -> None:
    assert apr.irr(flows("-100", "50")) == Decimal("-0.5")
    assert abs(apr.irr(flows("-100", "100"))) < Decimal("1e-15")
    assert apr.irr(flows("-100", "0.01")) < Decimal("-0.99")


def test_the_rate_of_the_lender_is_the_rate_of_the_borrower() -> None:
    lent, owed = flows("-1000", "300", "400", "500"), flows("1000", "-300", "-400", "-500")
    assert abs(apr.irr(lent) - apr.irr(owed)) < Decimal("1e-18")


def test_of_several_rates_the_one_nearest_to_nothing_is_found() -> None:
    assert abs(apr.irr(flows("-100", "230", "-132")) - Decimal("0.1")) < Decimal("1e-15")


def test_flows_that_no_rate_makes_worth_nothing_say_so() -> None:
    with pytest.raises(NoRate, match="no rate in reach"):
        apr.irr(flows("100", "-100", "100"))


def test_a_rate_beyond_hundreds_of_percent_is_found() -> None:
    assert abs(apr.irr(flows("-1", "2000000")) - 1_999_999) < Decimal("1e-6")


@given(st.integers(1, 5_000).map(lambda bp: Decimal(bp) / 10_000), st.lists(st.integers(1, 10_000), min_size=1, max_size=24))
def test_the_rate_found_is_the_one_that_discounted_the_payments(rate: Decimal, paid: list[int]) -> None:
    lent = sum((Decimal(amount) / (1 + rate) ** (place + 1) for place, amount in enumerate(paid)), Decimal(0))
    assert abs(apr.irr([-lent, *map(Decimal, paid)]) - rate) < Decimal("1e-12")


@given(
    st.lists(st.tuples(st.dates(date(2024, 7, 15), date(2030, 1, 1)), st.integers(1, 10_000)), min_size=1, max_size=8),
    st.integers(1, 20_000),
)
def test_discounted_by_their_xirr_the_payments_are_what_was_lent(paid: list[tuple[date, int]], lent: int) -> None:
    assume(sum(amount for _, amount in paid) / 5 <= lent <= 5 * sum(amount for _, amount in paid))
    rate = apr.xirr([Dated(DAY, Decimal(-lent)), *(Dated(on, Decimal(amount)) for on, amount in paid)])
    worth = sum(Decimal(amount) * (1 + rate) ** (-Decimal((on - DAY).days) / 365) for on, amount in paid)
    assert abs(worth - lent) < Decimal("1e-6") * lent


@given(st.integers(1, 10_000).map(Decimal), st.integers(1, 36), st.integers(100, 5_000))
def test_whole_unit_periods_of_a_month_cost_irr_x12_in_the_us(payment: Decimal, count: int, lent: int) -> None:
    principal = payment * count * lent / 5_000
    timed = [Timed(Fraction(number), payment) for number in range(1, count + 1)]
    here = apr.nominal(apr.irr([-principal, *[payment] * count]))
    there = apr.actuarial_years([Timed(Fraction(0), -principal), *timed], Decimal(12))
    assert abs(here - there) < Decimal("1e-12") * max(1, here)


@pytest.mark.parametrize(
    ("unit", "start", "end", "want"),
    [
        (UnitPeriod(Kind.MONTHS), date(1978, 2, 10), date(1978, 4, 1), 1 + Fraction(19, 30)),
        (UnitPeriod(Kind.MONTHS, 3), date(1978, 5, 23), date(1978, 10, 1), 1 + Fraction(39, 90)),
        (UnitPeriod(Kind.MONTHS, 2), date(1978, 1, 10), date(1978, 3, 1), Fraction(52, 60)),
        (UnitPeriod(Kind.HALF_MONTH), date(1978, 2, 23), date(1978, 3, 1), Fraction(6, 15)),
        (UnitPeriod(Kind.WEEKS, 4), date(1978, 3, 18), date(1978, 4, 20), 1 + Fraction(5, 28)),
        (UnitPeriod(Kind.MONTHS, 12), date(1978, 1, 17), date(1979, 7, 17), 1 + Fraction(6, 12)),
        (UnitPeriod(Kind.MONTHS, 12), date(1978, 1, 17), date(1979, 7, 18), 1 + Fraction(182, 365)),
        (UnitPeriod(Kind.DAYS, 255), date(1978, 1, 3), date(1978, 9, 15), Fraction(1)),
        (UnitPeriod(Kind.MONTHS), date(2024, 1, 31), date(2024, 2, 29), Fraction(29, 30)),
    ],
)
def test_unit_periods_are_counted_back_from_the_later_day(unit: UnitPeriod, start: date, end: date, want: Fraction) -> None:
    assert unit.between(start, end) == want


@pytest.mark.parametrize(
    ("first", "unit"),
    [
        (date(2024, 1, 31), UnitPeriod(Kind.MONTHS)),
        (date(2024, 3, 1), UnitPeriod(Kind.HALF_MONTH)),
        (date(2024, 3, 16), UnitPeriod(Kind.HALF_MONTH)),
        (date(2024, 3, 16), UnitPeriod(Kind.WEEKS)),
        (date(2024, 3, 16), UnitPeriod(Kind.WEEKS, 2)),
        (date(2024, 3, 16), UnitPeriod(Kind.WEEKS, 10)),
        (date(2024, 3, 16), UnitPeriod(Kind.MONTHS, 6)),
        (date(2024, 3, 16), UnitPeriod(Kind.DAYS, 10)),
    ],
)
def test_the_unit_period_of_days_is_the_distance_that_occurs_most(first: date, unit: UnitPeriod) -> None:
    days = payment_days(first, 9, unit)
    assert days == sorted(set(days))
    assert unit_period([first.replace(year=2023), *days]) == unit
    assert unit_period([first, first.replace(year=first.year + 3)]).a_year == 1


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (["2024-01-01", "2024-01-21", "2024-03-01"], UnitPeriod(Kind.MONTHS)),
        (["2024-01-01", "2024-01-08", "2024-02-08", "2024-02-15", "2024-03-15"], UnitPeriod(Kind.WEEKS)),
        (["2024-01-01", "2024-01-12", "2024-02-08"], UnitPeriod(Kind.WEEKS, 3)),
        (["2024-01-01", "2024-01-10", "2024-01-28"], UnitPeriod(Kind.WEEKS, 2)),
        (["2024-01-01", "2025-02-01", "2026-08-01"], UnitPeriod(Kind.MONTHS, 12)),
    ],
)
def test_where_no_distance_occurs_twice_it_is_the_mean_in_the_nearest_standard_one(days: list[str], unit: UnitPeriod) -> None:
    assert unit_period([date.fromisoformat(day) for day in days]) == unit


def test_more_than_a_year_is_no_unit_period() -> None:
    for kind, count in ((Kind.MONTHS, 13), (Kind.DAYS, 366), (Kind.WEEKS, 53), (Kind.DAYS, 0)):
        with pytest.raises(BadTerm, match="unit_period"):
            UnitPeriod(kind, count)


def test_years_are_by_equal_months_where_the_months_are_whole_and_by_days_else() -> None:
    assert apr.years_by_months(DAY, date(2024, 4, 15)) == Fraction(1, 4)
    assert apr.years_by_months(DAY, date(2024, 4, 16)) == Fraction(92, 365)
    assert apr.years_by_days(DAY, date(2024, 4, 16), Fraction("365.25")) == Fraction(92) / Fraction("365.25")
    assert apr.years_by_days(DAY, DAY) == apr.years_by_months(DAY, DAY) == 0
    for years in (apr.years_by_months, apr.years_by_days):
        with pytest.raises(BadDay):
            years(DAY, date(2024, 1, 14))


def test_twelve_times_one_point_two_percent_a_month_is_above_a_cap_of_24() -> None:
    rate = apr.fee_instalment_rate(Decimal("0.144"), 12)
    assert round(rate.irr_x12, 4) == Decimal("0.2560")
    assert not apr.within_cap(rate.irr_x12, Decimal("0.24"))


def test_the_cap_itself_is_within_and_what_is_shown_as_the_cap() -> None:
    cap = Decimal("0.24")
    assert apr.within_cap(cap, cap)
    assert apr.within_cap(Decimal("0.240049"), cap)
    assert not apr.within_cap(Decimal("0.24005"), cap)


def test_all_that_is_paid_beyond_the_loan_is_its_cost() -> None:
    assert apr.all_in_cost(Decimal("1000.00"), flows("400", "400", "221.50")) == Decimal("21.50")
    with pytest.raises(BadAmount, match="payments"):
        apr.all_in_cost(Decimal("1000.00"), flows("999.99"))


def test_no_fee_costs_nothing_and_no_instalment_is_none() -> None:
    assert apr.fee_instalment_rate(Decimal(0), 3).irr_x12 == 0
    with pytest.raises(BadTerm, match="periods"):
        apr.fee_instalment_rate(Decimal("0.02"), 0)
