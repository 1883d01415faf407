"""Going on with refunds whose channel was shut when they were asked for."""

from datetime import datetime, timedelta

from payments.refunds import queries
from payments.refunds.services import placing
from payments.wallet.sweeps import each

BATCH = 1000
"""Some of them may wait for long behind a channel that is shut, and must not keep others from their turn."""
AFTER = timedelta(seconds=60)


def place_waiting(*, shard: int, at: datetime) -> int:
    """Place the requests of a shard's refunds that wait. Returns how many."""
    waiting = queries.unplaced(shard, at - AFTER)[:BATCH]
    return each("refund", waiting, lambda row_id: placing.place_waiting(refund_id=row_id, at=at))
