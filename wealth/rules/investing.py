"""The dates of what is invested regularly: every week, every month, the day after pay day, or every day what lies idle. A date that is no
trading day is taken on the first trading day after it."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

LAST = 31
"""As a day of the month: its last one."""
DAY = timedelta(days=1)


def is_day(*, every: str, day: int) -> bool:
    """Whether there is such a day in every week, or month."""
    if every == "idle":
        return day == 0
    return 1 <= day <= 7 if every == "week" else 1 <= day <= 28 or day == LAST


def idle_fen(*, balance_fen: int, keep_fen: int, most_fen: int, minimum_fen: int, step_fen: int) -> int:
    """What of a balance is bought so that `keep_fen` stay: the largest amount of the product's steps, at most `most_fen`; 0 where that is
    below its minimum."""
    over = min(balance_fen - keep_fen, most_fen) - minimum_fen
    return 0 if over < 0 else minimum_fen + over // step_fen * step_fen


def in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_on(*, every: str, day: int, after: date) -> date:
    """The first date after `after`. `every`: "week" (`day` 1 is Monday), "month", "pay_day" (the day after `day` of the month), or "idle"
    (every day)."""
    if every == "idle":
        return after + DAY
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
