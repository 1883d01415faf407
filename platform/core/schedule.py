"""Periodic tasks as code: rooms register them in tasks.py, `manage.py sync_schedules` writes them for celery beat."""

from dataclasses import dataclass
from typing import Any

CALLS_OUT: dict[str, Any] = {"calls_out": True, "time_limit": 240}
"""For `shared_task(**CALLS_OUT)`: the task asks outside parties, which may hang, so it runs in the workers of the queue `outbound`.
Its own sweep ends by SWEEP_S and the patience of a call; the limit (seconds) is for what no patience bounds."""
SWEEP_S = 20
FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True)
class Periodic:
    """One entry: every `seconds`, or at `crontab` (five fields, Shanghai time)."""

    name: str
    task: str
    seconds: int | None
    crontab: str | None


SCHEDULE: dict[str, Periodic] = {}


def every(name: str, *, task: str, seconds: int | None = None, crontab: str | None = None) -> Periodic:
    """Register `task` (a Celery task's name) under a stable `name`.

    Raises ValueError unless exactly one of `seconds` (> 0) and `crontab` is given, or when the name is taken.
    """
    if (seconds is None) == (crontab is None) or (seconds is not None and seconds <= 0):
        raise ValueError(f"{name}: give either seconds (> 0) or crontab")
    if crontab is not None and len(crontab.split()) != len(FIELDS):
        raise ValueError(f"{name}: crontab needs five fields: {' '.join(FIELDS)}")
    entry = Periodic(name, task, seconds, crontab)
    if SCHEDULE.setdefault(name, entry) != entry:
        raise ValueError(f"{name} is scheduled already")
    return entry
