"""Asking issuers for what matured: bounded batches of one shard, a lot at a time, so that a bad one stops no other."""

from datetime import datetime

from payments.wallet.sweeps import each
from wealth.fixed_term import queries
from wealth.fixed_term.services import asking

BATCH = 500


def ask(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how many were asked for."""
    return each("fixed_term", queries.due(shard, at)[:BATCH], lambda holding_id: asking.ask_or_wait(holding_id=holding_id, at=at))
