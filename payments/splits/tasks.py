"""Splits' sweeper: orders whose days of splitting are over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.splits import queries, sweeps


@shared_task(name="payments.splits.end_overdue")
def end_overdue(**_: object) -> int:
    """End one bounded batch a shard."""
    at = clock.now()
    return sum(sweeps.end_overdue(shard=shard, at=at) for shard in queries.due_shards(clock.local_day(at)))


every("payments.splits.end_overdue", task="payments.splits.end_overdue", seconds=600)
