"""The sweeper of red packets whose time is over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.red_packets import queries, sweeps

EVERY_S = 30


@shared_task(name="payments.red_packets.end")
def end(*, shard: int, **_: object) -> int:
    """End one bounded batch of a shard's packets."""
    return sweeps.end(shard=shard, at=clock.now())


@shared_task(name="payments.red_packets.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        end.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.red_packets.sweep", task="payments.red_packets.sweep", seconds=EVERY_S)
