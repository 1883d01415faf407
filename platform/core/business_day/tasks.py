"""Midnight, and the daily look at the calendar."""

from celery import shared_task

from core.business_day import end_of_day as runner
from core.business_day import trading_days
from core.clock import queries as clock
from core.schedule import every

LONGEST_SECONDS = 6 * 3600


@shared_task(name="core.business_day.end_of_day", time_limit=LONGEST_SECONDS)
def end_of_day(**_: object) -> int:
    """Cut off the days that are over and run their end of day; returns how many days it closed."""
    return len(runner.catch_up(at=clock.now()).closed)


@shared_task(name="core.business_day.load_calendar")
def load_calendar(**_: object) -> int:
    """Take in what the calendar's sources say by now, and warn when they end soon."""
    changed = trading_days.load()
    trading_days.watch_end(at=clock.now())
    return changed


every("core.business_day.midnight", task="core.business_day.end_of_day", crontab="0 0 * * *")
every("core.business_day.resume", task="core.business_day.end_of_day", seconds=60)
every("core.business_day.load_calendar", task="core.business_day.load_calendar", crontab="30 6 * * *")
