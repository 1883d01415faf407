"""The sweeper of campaigns."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.crowdfunding import queries, sweeps

EVERY_S = 10


@shared_task(name="wealth.crowdfunding.go_on")
def go_on(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard."""
    return sweeps.go_on(shard=shard, at=clock.now())


@shared_task(name="wealth.crowdfunding.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        go_on.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


every("wealth.crowdfunding.sweep", task="wealth.crowdfunding.sweep", seconds=EVERY_S)
