"""The sweepers of agreements: deductions whose time has come, agreements nobody signed."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from payments.agreements import queries, sweeps

EVERY_S = 60


@shared_task(name="payments.agreements.debit", **CALLS_OUT)
def debit(*, shard: int, **_: object) -> int:
    """Try one bounded batch of a shard's deductions."""
    return sweeps.debit(shard=shard, at=clock.now())


@shared_task(name="payments.agreements.expire")
def expire(*, shard: int, **_: object) -> int:
    """End one bounded batch of a shard's agreements that nobody signed."""
    return sweeps.expire(shard=shard, at=clock.now())


SWEEPS = {"debit": debit, "expire": expire}


@shared_task(name="payments.agreements.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for name, shard in due:
        SWEEPS[name].apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.agreements.sweep", task="payments.agreements.sweep", seconds=EVERY_S)
