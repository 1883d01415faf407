"""Booking beside the end of day: what waited for a quote that has come, and what a revised quote corrects."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.current import late

EVERY_S = 60


@shared_task(name="wealth.current.catch_up")
def catch_up(**_: object) -> int:
    """Every part that is behind or books by an old quote, one transaction each."""
    return late.catch_up_all(at=clock.now())


every("wealth.current.catch_up", task="wealth.current.catch_up", seconds=EVERY_S)
