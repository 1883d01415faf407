"""Paying what is approved and due: a bounded batch of one shard, one transaction a settlement, so that a bad one stops no other."""

from datetime import datetime

from payments.settlement import outbound, queries
from payments.wallet.sweeps import each

BATCH = 100


def pay_due(*, shard: int, at: datetime) -> int:
    """Returns how many payouts were placed. Outside any transaction."""
    return each("settlement", list(queries.to_pay(shard, at)[:BATCH]), lambda row_id: outbound.pay(settlement_id=row_id, at=at))
