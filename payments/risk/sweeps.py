"""Giving back what nobody decided in time: bounded batches of one shard, one transaction a review."""

from datetime import datetime
from time import monotonic

from core.attempts import Attempt
from core.schedule import SWEEP_S
from core.stopping import STOPPING
from payments.risk import queries
from payments.risk.services import reviews

BATCH = 100


def expire_reviews(*, shard: int, at: datetime) -> int:
    """Give back the overdue reviews of a shard. One that its room refuses is logged and left for the next sweep. Returns how many."""
    done = 0
    until = monotonic() + SWEEP_S
    for review_id in queries.overdue_reviews(shard, at)[:BATCH]:
        if monotonic() >= until or STOPPING.is_set():
            break
        with Attempt("risk.sweep", review=str(review_id)):
            done += reviews.expire(review_id=review_id, at=at)
    return done
