"""The sweeper of credit lines."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from credit.lines import queries, sweeps

EVERY_S = 60


@shared_task(name="credit.lines.go_on")
def go_on(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard."""
    return sweeps.go_on(shard=shard, at=clock.now())


@shared_task(name="credit.lines.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        go_on.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


every("credit.lines.sweep", task="credit.lines.sweep", seconds=EVERY_S)
