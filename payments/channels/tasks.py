"""The sweeper's ways in."""

from time import monotonic
from uuid import UUID

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, SWEEP_S, every
from core.stopping import STOPPING
from payments.channels import breaker, queries, services, telling

SHARDS = 64


@shared_task(name="payments.channels.resolve_due")
def resolve_due(**_: object) -> int:
    """Hand every shard with open requests that are due to a worker."""
    shards = queries.due_shards(clock.now())
    for shard in shards:
        resolve_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="payments.channels.resolve_shard", **CALLS_OUT)
def resolve_shard(*, shard: int, **_: object) -> int:
    """Send what waits in one shard, ask about what left it, for as long as a sweep may take; each with the time it begins at."""
    until = monotonic() + SWEEP_S
    attended = 0
    while monotonic() < until and not STOPPING.is_set() and services.resolve_due(shard=shard, at=clock.now(), most=1):
        attended += 1
    return attended


@shared_task(name="payments.channels.tell_due")
def tell_due(**_: object) -> int:
    """Hand every shard that owes a word to its rooms to a worker."""
    shards = queries.owing_shards(clock.now())
    for shard in shards:
        tell_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="payments.channels.tell_shard")
def tell_shard(*, shard: int, **_: object) -> int:
    """Tell again what one shard owes, one bounded batch."""
    return telling.tell_due(shard=shard, at=clock.now())


@shared_task(name="payments.channels.look_for_returns")
def look_for_returns(**_: object) -> int:
    """Hand every shard's recent payouts to a worker, to be asked about."""
    for shard in range(SHARDS):
        look_in_shard.apply_async(kwargs={"shard": shard})
    return SHARDS


@shared_task(name="payments.channels.look_in_shard", **CALLS_OUT)
def look_in_shard(*, shard: int, after: str | None = None, **_: object) -> bool:
    """Ask about one batch of a shard's recent payouts, and hand the next one on. Returns whether there is a next."""
    last = services.look_for_returns(shard=shard, at=clock.now(), after=UUID(after) if after else None)
    if last is not None:
        look_in_shard.apply_async(kwargs={"shard": shard, "after": str(last)})
    return last is not None


@shared_task(name="payments.channels.forget_calls")
def forget_calls(**_: object) -> int:
    """Delete the exchanges of more than a day ago, batch by batch; returns how many."""
    at = clock.now()
    deleted = 0
    while batch := breaker.forget_old(at=at):
        deleted += batch
    return deleted


@shared_task(name="payments.channels.ask_of_resting")
def ask_of_resting(**_: object) -> int:
    """See that people are asked about the channels at rest that are switched on, and of no other."""
    return breaker.ask_of_resting(at=clock.now())


every("payments.channels.ask_of_resting", task="payments.channels.ask_of_resting", seconds=60)
every("payments.channels.forget_calls", task="payments.channels.forget_calls", crontab="20 * * * *")
every("payments.channels.look_for_returns", task="payments.channels.look_for_returns", crontab="0 6 * * *")
every("payments.channels.tell_due", task="payments.channels.tell_due", seconds=30)
every("payments.channels.resolve_due", task="payments.channels.resolve_due", seconds=5)
