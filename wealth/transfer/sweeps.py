"""Offers whose time is over: bounded batches of one shard, an offer at a time, so that a bad one stops no other."""

from datetime import datetime

from payments.wallet.sweeps import each
from wealth.transfer import queries
from wealth.transfer.services import offering

BATCH = 500


def expire(*, shard: int, at: datetime) -> int:
    """Returns how many ended."""
    return each("transfer", queries.due(shard, at)[:BATCH], lambda offer_id: offering.expire(offer_id=offer_id, at=at))
