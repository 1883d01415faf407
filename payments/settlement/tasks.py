"""Settlement's sweeper: payouts whose time has come."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from payments.settlement import queries, sweeps

EVERY_S = 60


@shared_task(name="payments.settlement.pay_due", **CALLS_OUT)
def pay_due(*, shard: int, **_: object) -> int:
    """Pay one bounded batch of a shard's settlements."""
    return sweeps.pay_due(shard=shard, at=clock.now())


@shared_task(name="payments.settlement.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something to pay to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        pay_due.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.settlement.sweep", task="payments.settlement.sweep", seconds=EVERY_S)
