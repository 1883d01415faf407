"""The sweeper of orders whose next step is ours."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from wealth.orders import queries, sweeps

EVERY_S = 5


@shared_task(name="wealth.orders.go_on", **CALLS_OUT)
def go_on(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard's orders."""
    return sweeps.go_on(shard=shard, at=clock.now())


@shared_task(name="wealth.orders.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        go_on.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


every("wealth.orders.sweep", task="wealth.orders.sweep", seconds=EVERY_S)
