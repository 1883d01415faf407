"""Closing the collects whose time is over: bounded batches of one shard, one transaction a row, so that a bad row stops no other."""

from datetime import datetime
from time import monotonic

from core.attempts import Attempt
from core.schedule import SWEEP_S
from core.stopping import STOPPING
from payments.collects import queries, services

BATCH = 200


def expire(*, shard: int, at: datetime) -> int:
    """Close a batch of a shard's collects. Returns how many; a failure is logged with the row's id and leaves it for the next sweep."""
    done = 0
    until = monotonic() + SWEEP_S
    for collect_id in queries.overdue(shard, at)[:BATCH]:
        if monotonic() >= until or STOPPING.is_set():
            break
        with Attempt("collects.sweep", row=str(collect_id)):
            done += services.expire(collect_id=collect_id, at=at)
    return done
