"""Forgetting answers after their seven days."""

from celery import shared_task

from core.clock import queries as clock
from core.idempotency import services
from core.schedule import every


@shared_task(name="core.idempotency.forget_old")
def forget_old(**_: object) -> int:
    """Delete records older than seven days, batch by batch."""
    at = clock.now()
    deleted = 0
    while batch := services.forget_old(at=at):
        deleted += batch
    return deleted


every("core.idempotency.forget_old", task="core.idempotency.forget_old", crontab="40 4 * * *")
