"""The relay's ways in: a few shards when nudged, every shard by the sweeper, and the pruning."""

from celery import shared_task

from core.clock import queries as clock
from core.outbox import queries, relay, services
from core.outbox.nudge import RELAY_TASK, send
from core.schedule import every

SHARDS = 64


@shared_task(name=RELAY_TASK)
def relay_shards(*, shards: list[int], **_: object) -> int:
    """Deliver what is due in a few shards."""
    return sum(relay.relay_shard(shard=shard, at=clock.now()).done for shard in shards)


@shared_task(name="core.outbox.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with due events to a worker: the safety net under lost nudges, killed relays and back-offs."""
    shards = queries.shards_due(at=clock.now())
    send(shards)
    return len(shards)


@shared_task(name="core.outbox.prune")
def prune(**_: object) -> int:
    """Delete events done long ago, shard by shard, batch by batch."""
    at = clock.now()
    deleted = 0
    for shard in range(SHARDS):
        while batch := services.prune(shard=shard, at=at):
            deleted += batch
    return deleted


every("core.outbox.sweep", task="core.outbox.sweep", seconds=5)
every("core.outbox.prune", task="core.outbox.prune", crontab="17 4 * * *")
