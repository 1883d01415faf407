"""Ending the splitting of orders whose days are over: a bounded batch of one shard."""

from datetime import datetime

from core.clock.queries import local_day
from payments.splits import queries
from payments.splits.services import orders
from payments.wallet.sweeps import each

BATCH = 500


def end_overdue(*, shard: int, at: datetime) -> int:
    due = list(queries.overdue(shard, local_day(at))[:BATCH])
    return each("split_order", due, lambda order_id: orders.end_overdue(order_id=order_id, at=at))
