"""Forgetting what was used of days long over."""

from celery import shared_task

from core.clock import queries as clock
from core.limits import services
from core.schedule import every


@shared_task(name="core.limits.forget_old")
def forget_old(**_: object) -> int:
    """Delete counters of old days, batch by batch; returns how many."""
    at = clock.now()
    deleted = 0
    while batch := services.forget_old(at=at):
        deleted += batch
    return deleted


every("core.limits.forget_old", task="core.limits.forget_old", crontab="50 4 * * *")
