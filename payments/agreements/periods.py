"""When a merchant may take: once a period, on its due day or up to three days before. Pure.

A period is a number of days, at least seven, or a month with its due day 1 to 28, so that every month has one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from payments.agreements.states import Period

EARLY = timedelta(days=3)
LEAST_DAYS = 7
MOST_DAYS = 366
LAST_DAY_OF_MONTH = 28


@dataclass(frozen=True)
class Plan:
    """`first_on`: the first due day. `days`: of a period that is a number of days."""

    kind: str
    first_on: date
    days: int | None = None

    @property
    def fits(self) -> bool:
        """Whether there is such a plan."""
        if self.kind == Period.MONTH:
            return self.days is None and self.first_on.day <= LAST_DAY_OF_MONTH
        return self.days is not None and LEAST_DAYS <= self.days <= MOST_DAYS


@dataclass(frozen=True)
class Window:
    """The days of period `number` (from 1) on which may be taken, both ends included."""

    number: int
    opens_on: date
    due_on: date


def window(plan: Plan, number: int) -> Window:
    """The window of a period."""
    if plan.kind == Period.MONTH:
        months = plan.first_on.year * 12 + plan.first_on.month - 1 + number - 1
        due_on = date(months // 12, months % 12 + 1, plan.first_on.day)
    else:
        assert plan.days is not None
        due_on = plan.first_on + timedelta(days=plan.days * (number - 1))
    return Window(number, due_on - EARLY, due_on)


def next_window(plan: Plan, day: date) -> Window:
    """The first window that is not over on `day`."""
    if plan.kind == Period.MONTH:
        months = (day.year - plan.first_on.year) * 12 + day.month - plan.first_on.month
        number = months + 1 + (day.day > plan.first_on.day)
    else:
        assert plan.days is not None
        number = -(-(day - plan.first_on).days // plan.days) + 1
    return window(plan, max(number, 1))


def open_window(plan: Plan, day: date) -> Window | None:
    """The window that `day` is in."""
    found = next_window(plan, day)
    return found if found.opens_on <= day else None
