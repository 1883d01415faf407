"""Bindings whose time is over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.cards import queries, services


@shared_task(name="payments.cards.expire_bindings")
def expire_bindings(**_: object) -> int:
    """End the bindings of every shard that nobody finished."""
    at = clock.now()
    return sum(services.expire_bindings(shard=shard, at=at) for shard in queries.shards_over(at))


every("payments.cards.expire_bindings", task="payments.cards.expire_bindings", seconds=60)
