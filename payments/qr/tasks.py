"""Forgetting codes that nobody read."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.qr.services import showing

MOST_BATCHES = 100


@shared_task(name="payments.qr.forget_unused")
def forget_unused(**_: object) -> int:
    """Delete codes that are over and were not used, batch by batch; returns how many."""
    at, deleted = clock.now(), 0
    for _batch in range(MOST_BATCHES):
        gone = showing.forget_unused(at=at)
        deleted += gone
        if not gone:
            break
    return deleted


every("payments.qr.forget_unused", task="payments.qr.forget_unused", seconds=600)
