"""Going on with disputes: no longer waiting for a merchant whose time is over, asking again for what was short."""

from datetime import datetime, timedelta

from payments.disputes import queries
from payments.disputes.services import again, answering
from payments.wallet.sweeps import each

BATCH = 200
AGAIN_AFTER = timedelta(minutes=30)


def end_waiting(*, shard: int, at: datetime) -> int:
    """Hand the disputes of a shard that were not answered in time to operators. Returns how many."""
    return each("dispute", queries.overdue(shard, at)[:BATCH], lambda row_id: answering.end_waiting(dispute_id=row_id, at=at))


def freeze_short(*, shard: int, at: datetime) -> int:
    """Ask again for money of a shard's disputes. Returns for how many something was there."""
    waiting = queries.short(shard, at - AGAIN_AFTER)[:BATCH]
    return each("dispute", waiting, lambda row_id: again.freeze_short(dispute_id=row_id, at=at))
