"""The sweeper of offers whose time is over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.transfer import queries, sweeps

EVERY_S = 30


@shared_task(name="wealth.transfer.expire")
def expire(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard's offers."""
    return sweeps.expire(shard=shard, at=clock.now())


@shared_task(name="wealth.transfer.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        expire.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


every("wealth.transfer.sweep", task="wealth.transfer.sweep", seconds=EVERY_S)
