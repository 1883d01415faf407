"""The sweeper of reviews that nobody decided in time."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.risk import queries, sweeps

EVERY_S = 300


@shared_task(name="payments.risk.expire_reviews")
def expire_reviews(*, shard: int, **_: object) -> int:
    """Give back one bounded batch of a shard's overdue reviews."""
    return sweeps.expire_reviews(shard=shard, at=clock.now())


@shared_task(name="payments.risk.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with an overdue review to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        expire_reviews.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.risk.sweep", task="payments.risk.sweep", seconds=EVERY_S)
