"""The sweeper of maturities whose issuer is still to be asked."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.fixed_term import queries, sweeps

EVERY_S = 30


@shared_task(name="wealth.fixed_term.ask")
def ask(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard's maturities."""
    return sweeps.ask(shard=shard, at=clock.now())


@shared_task(name="wealth.fixed_term.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        ask.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


every("wealth.fixed_term.sweep", task="wealth.fixed_term.sweep", seconds=EVERY_S)
