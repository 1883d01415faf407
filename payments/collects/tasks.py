"""The sweeper of collects whose time is over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.collects import queries, sweeps

EVERY_S = 60


@shared_task(name="payments.collects.expire")
def expire(*, shard: int, **_: object) -> int:
    """Close one bounded batch of a shard's collects."""
    return sweeps.expire(shard=shard, at=clock.now())


@shared_task(name="payments.collects.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        expire.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.collects.sweep", task="payments.collects.sweep", seconds=EVERY_S)
