"""The sweeper of refunds that no channel was asked for."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.refunds import queries, sweeps

EVERY_S = 30


@shared_task(name="payments.refunds.place_waiting")
def place_waiting(*, shard: int, **_: object) -> int:
    """Place one bounded batch of a shard's refunds."""
    return sweeps.place_waiting(shard=shard, at=clock.now())


@shared_task(name="payments.refunds.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    shards = queries.due_shards(clock.now(), waited=sweeps.AFTER)
    for shard in shards:
        place_waiting.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(shards)


every("payments.refunds.sweep", task="payments.refunds.sweep", seconds=EVERY_S)
