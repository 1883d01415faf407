"""The sweepers' ways in: sending and asking, telling, files, quotes."""

from time import monotonic

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, SWEEP_S, every
from core.stopping import STOPPING
from wealth.issuers import queries
from wealth.issuers.services import quoting, receiving, sending, settling, telling


@shared_task(name="wealth.issuers.resolve_due")
def resolve_due(**_: object) -> int:
    """Hand every shard with open requests that are due to a worker."""
    shards = queries.due_shards(clock.now())
    for shard in shards:
        resolve_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="wealth.issuers.resolve_shard", **CALLS_OUT)
def resolve_shard(*, shard: int, **_: object) -> int:
    """Send what waits in one shard, ask about what left it, for as long as a sweep may take; each with the time it begins at."""
    until, attended = monotonic() + SWEEP_S, 0
    while monotonic() < until and not STOPPING.is_set() and sending.resolve_due(shard=shard, at=clock.now(), most=1):
        attended += 1
    return attended


@shared_task(name="wealth.issuers.tell_due")
def tell_due(**_: object) -> int:
    """Hand every shard that owes a word to its rooms to a worker."""
    shards = queries.owing_shards(clock.now())
    for shard in shards:
        tell_shard.apply_async(kwargs={"shard": shard}, expires=30)
    return len(shards)


@shared_task(name="wealth.issuers.tell_shard")
def tell_shard(*, shard: int, **_: object) -> int:
    return telling.tell_due(shard=shard, at=clock.now())


@shared_task(name="wealth.issuers.fetch_files", **CALLS_OUT)
def fetch_files(**_: object) -> int:
    """Expect the files of the days that are due, and fetch those that are not here."""
    receiving.expect(at=clock.now())
    return receiving.fetch_due(at=clock.now(), most=2)


@shared_task(name="wealth.issuers.settle_files")
def settle_files(**_: object) -> int:
    """Settle lines of files that are here, for as long as a sweep may take."""
    until, dealt = monotonic() + SWEEP_S, 0
    while monotonic() < until and not STOPPING.is_set() and (more := settling.settle_due(at=clock.now(), most=50)):
        dealt += more
    return dealt


@shared_task(name="wealth.issuers.fetch_quotes", **CALLS_OUT)
def fetch_quotes(**_: object) -> int:
    """Fetch what the issuers that are on quote."""
    return sum(quoting.fetch(issuer_code=code, at=clock.now()) for code in queries.quoting())


@shared_task(name="wealth.issuers.tell_quotes")
def tell_quotes(**_: object) -> int:
    return quoting.tell_due(at=clock.now())


every("wealth.issuers.resolve_due", task="wealth.issuers.resolve_due", seconds=5)
every("wealth.issuers.tell_due", task="wealth.issuers.tell_due", seconds=30)
every("wealth.issuers.fetch_files", task="wealth.issuers.fetch_files", seconds=60)
every("wealth.issuers.settle_files", task="wealth.issuers.settle_files", seconds=15)
every("wealth.issuers.fetch_quotes", task="wealth.issuers.fetch_quotes", seconds=600)
every("wealth.issuers.tell_quotes", task="wealth.issuers.tell_quotes", seconds=60)
