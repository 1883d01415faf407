"""Trying what is due and ending what nobody signed: bounded batches of one shard, one transaction a row."""

from datetime import datetime

from payments.agreements import outbound, queries
from payments.agreements.services import signing
from payments.wallet.sweeps import each

BATCH = 100


def debit(*, shard: int, at: datetime) -> int:
    """Try the deductions of a shard whose time has come. Outside any transaction."""
    return each("deduction", queries.due(shard, at)[:BATCH], lambda row_id: outbound.debit(deduction_id=row_id, at=at))


def expire(*, shard: int, at: datetime) -> int:
    """End the agreements of a shard that nobody signed in time."""
    return each("agreement", queries.unsigned(shard, at)[:BATCH], lambda row_id: signing.expire(agreement_id=row_id, at=at))
