"""Expiring holds."""

from datetime import datetime

from accounts.ledger.calls import call
from accounts.ledger.models import Hold

SHARDS = 64
AT_ONCE = 500


def expire_holds(*, shard: int, at: datetime, limit: int = AT_ONCE) -> int:
    """Free up to `limit` holds of a shard whose time is over at `at`; returns how many.

    Each hold is its own statement, which locks the balance first and looks again, so a capture may win the race.
    """
    due = Hold.objects.filter(shard=shard, state=Hold.State.OPEN, expires_at__lte=at).order_by("expires_at").values_list("id", flat=True)
    outcomes = [call("SELECT * FROM ledger_end_hold(%s, 'expired', NULL, %s)", (hold, at))[0] for hold in due[:limit]]
    return outcomes.count("ended")


def expire_all(*, at: datetime) -> int:
    """Every shard with holds that are due, once."""
    shards = Hold.objects.filter(state=Hold.State.OPEN, expires_at__lte=at).order_by("shard").values_list("shard", flat=True).distinct()
    return sum(expire_holds(shard=shard, at=at) for shard in list(shards))
