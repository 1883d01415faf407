"""Taking the dates that have come: bounded batches of one shard, one transaction each, so that a bad one stops no other."""

from datetime import datetime

from core.transactions import in_one_transaction
from payments.wallet.sweeps import each
from wealth.advisor import queries
from wealth.advisor.services import running

BATCH = 500


def invest(*, shard: int, at: datetime) -> int:
    """Returns how many were tried."""
    due = queries.due(shard, at)[:BATCH]
    return each("investing", due, lambda row_id: in_one_transaction(lambda: running.run(investing_id=row_id, at=at)))
