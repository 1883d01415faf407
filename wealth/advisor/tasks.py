"""The sweepers of advice: regular investments whose date has come, plans that nobody confirmed."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.advisor import queries, sweeps
from wealth.advisor.services import confirming

EVERY_S = 60


@shared_task(name="wealth.advisor.invest")
def invest(*, shard: int, **_: object) -> int:
    """One bounded batch of a shard's regular investments."""
    return sweeps.invest(shard=shard, at=clock.now())


@shared_task(name="wealth.advisor.sweep")
def sweep(**_: object) -> int:
    """End plans that are over, and hand every shard with something due to a worker."""
    at = clock.now()
    confirming.expire(at=at)
    due = queries.due_shards(at)
    for shard in due:
        invest.apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("wealth.advisor.sweep", task="wealth.advisor.sweep", seconds=EVERY_S)
