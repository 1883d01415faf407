"""The sweeper's ways in."""

from time import monotonic

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.channels import queries, services

SWEEP_S = 20


@shared_task(name="payments.channels.resolve_due")
def resolve_due(**_: object) -> int:
    """Hand every shard with open requests that are due to a worker."""
    shards = queries.due_shards(clock.now())
    for shard in shards:
        resolve_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="payments.channels.resolve_shard")
def resolve_shard(*, shard: int, **_: object) -> int:
    """Send what waits in one shard, ask about what left it, for as long as a sweep may take; each with the time it begins at."""
    until = monotonic() + SWEEP_S
    attended = 0
    while monotonic() < until and services.resolve_due(shard=shard, at=clock.now(), most=1):
        attended += 1
    return attended


every("payments.channels.resolve_due", task="payments.channels.resolve_due", seconds=5)
