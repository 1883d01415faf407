"""The dates of what is invested regularly: every week, every month, or the day after pay day. A date that is no trading day is taken on the
first trading day after it."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

LAST = 31
"""As a day of the month: its last one."""
DAY = timedelta(days=1)


def is_day(*, every: str, day: int) -> bool:
    """Whether there is such a day in every week, or month."""
    return 1 <= day <= 7 if every == "week" else 1 <= day <= 28 or day == LAST


def in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_on(*, every: str, day: int, after: date) -> date:
    """The first date after `after`. `every`: "week" (`day` 1 is Monday), "month", or "pay_day": the day after `day` of the month."""
    if every == "week":
        return after + timedelta(days=(day - after.isoweekday() - 1) % 7 + 1)
    late = DAY if every == "pay_day" else timedelta(0)
    year, month = (after - late).year, (after - late).month
    found = in_month(year, month, day) + late
    if found <= after:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        found = in_month(year, month, day) + late
    return found


def dates(*, every: str, day: int, first: date, trading: Callable[[date], date | None]) -> Iterator[tuple[date, date | None]]:
    """The dates from `first` on, each with the day it is taken on (`trading`: the first trading day from a day on; None: not known yet).
    Dates up to a day that is taken are taken with it."""
    on = first
    while True:
        taken = trading(on)
        yield on, taken
        on = next_on(every=every, day=day, after=max(on, taken or on))
