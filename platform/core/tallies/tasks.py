"""The present day, counted now and then while it lasts."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from core.tallies import services

EVERY_S = 300


@shared_task(name="core.tallies.count_today", time_limit=EVERY_S)
def count_today(**_: object) -> int:
    at = clock.now()
    return services.count(day=clock.local_day(at), at=at)


every("core.tallies.count_today", task="core.tallies.count_today", seconds=EVERY_S)
