"""The disputes' sweepers."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.disputes import queries, sweeps

EVERY_S = 60


@shared_task(name="payments.disputes.end_waiting")
def end_waiting(*, shard: int, **_: object) -> int:
    """End one bounded batch of a shard's waiting."""
    return sweeps.end_waiting(shard=shard, at=clock.now())


@shared_task(name="payments.disputes.freeze_short")
def freeze_short(*, shard: int, **_: object) -> int:
    """Ask again for one bounded batch of a shard."""
    return sweeps.freeze_short(shard=shard, at=clock.now())


SWEEPS = {"end_waiting": end_waiting, "freeze_short": freeze_short}


@shared_task(name="payments.disputes.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now(), waited=sweeps.AGAIN_AFTER)
    for name, shard in due:
        SWEEPS[name].apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.disputes.sweep", task="payments.disputes.sweep", seconds=EVERY_S)
