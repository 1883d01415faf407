"""The sweeper's ways in."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.channels import queries, services


@shared_task(name="payments.channels.resolve_due")
def resolve_due(**_: object) -> int:
    """Hand every shard with open requests that are due to a worker."""
    shards = queries.due_shards(clock.now())
    for shard in shards:
        resolve_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="payments.channels.resolve_shard")
def resolve_shard(*, shard: int, **_: object) -> int:
    """Send what waits in one shard, ask about what left it."""
    return services.resolve_due(shard=shard, at=clock.now())


every("payments.channels.resolve_due", task="payments.channels.resolve_due", seconds=5)
