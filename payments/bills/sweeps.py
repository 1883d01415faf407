"""The next step of every payment that is due, bounded batches of one shard, a row at a time, so that a bad one stops no other."""

from datetime import datetime

from payments.bills import outbound, queries
from payments.wallet.sweeps import each

BATCH = 100


def go_on(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how many steps were taken."""
    return each("bill", queries.due(shard, at)[:BATCH], lambda row_id: outbound.step(payment_id=row_id, at=at))
