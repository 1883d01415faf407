"""When a deduction may be asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.agreements.periods import Plan, next_window, open_window, window

FEBRUARY = Plan("month", date(2020, 2, 1))


def test_case_monthly_from_1_february_2020_opens_29_january_and_then_27_february() -> None:
    assert [(one.opens_on, one.due_on) for one in (window(FEBRUARY, 1), window(FEBRUARY, 2))] == [
        (date(2020, 1, 29), date(2020, 2, 1)),
        (date(2020, 2, 27), date(2020, 3, 1)),
    ]
    for day, number in ((date(2020, 1, 28), None), (date(2020, 1, 29), 1), (date(2020, 2, 1), 1), (date(2020, 2, 2), None)):
        found = open_window(FEBRUARY, day)
        assert (found.number if found else None) == number
    assert next_window(FEBRUARY, date(2020, 2, 2)).opens_on == date(2020, 2, 27)
    assert window(FEBRUARY, 24).due_on == date(2022, 1, 1)


@pytest.mark.parametrize(
    ("plan", "fits"),
    [
        (Plan("day", date(2020, 1, 31), 7), True),
        (Plan("day", date(2020, 1, 31), 6), False),
        (Plan("day", date(2020, 1, 31)), False),
        (Plan("month", date(2020, 1, 28)), True),
        (Plan("month", date(2020, 1, 29)), False),
        (Plan("month", date(2020, 1, 31)), False),
        (Plan("month", date(2020, 1, 28), 7), False),
    ],
)
def test_case_day_6_and_days_29_to_31_of_a_month_are_refused(plan: Plan, fits: bool) -> None:
    assert plan.fits is fits


DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
PLANS = st.one_of(
    st.builds(Plan, st.just("day"), DAYS, st.integers(7, 366)),
    st.builds(lambda day: Plan("month", day.replace(day=min(day.day, 28))), DAYS),
)


@given(PLANS, DAYS)
def test_the_next_window_is_the_first_that_is_not_over(plan: Plan, day: date) -> None:
    found = next_window(plan, day)
    assert found.due_on >= day
    assert found.number == 1 or window(plan, found.number - 1).due_on < day
    assert found == window(plan, found.number)
    assert (open_window(plan, day) is not None) == (found.opens_on <= day)


@given(PLANS, st.integers(1, 200))
def test_windows_are_four_days_and_never_overlap(plan: Plan, number: int) -> None:
    one, following = window(plan, number), window(plan, number + 1)
    assert (one.due_on - one.opens_on, one.due_on < following.opens_on) == (timedelta(days=3), True)
