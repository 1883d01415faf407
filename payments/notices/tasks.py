"""The notices' sweeper, and the forgetting of old ones."""

from celery import shared_task

from core.clock import queries as clock
from core.ids import SHARDS
from core.schedule import CALLS_OUT, SWEEP_S, every
from payments.notices import sending, services

EVERY_S = 3


@shared_task(name="payments.notices.deliver", **CALLS_OUT)
def deliver(**_: object) -> int:
    """Send what is due in all shards; returns how many tries were made."""
    return sending.deliver_due(now=clock.now, most_s=SWEEP_S)


@shared_task(name="payments.notices.forget")
def forget(**_: object) -> int:
    """Delete notices of long ago, shard by shard, batch by batch; returns how many rows."""
    at, deleted = clock.now(), 0
    for shard in range(SHARDS):
        while batch := services.forget_old(shard=shard, at=at):
            deleted += batch
    return deleted


every("payments.notices.deliver", task="payments.notices.deliver", seconds=EVERY_S)
every("payments.notices.forget", task="payments.notices.forget", crontab="40 4 * * *")
