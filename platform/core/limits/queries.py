"""What is used of a limit."""

import uuid

from core.ids import shard_of
from core.limits.models import LimitCounter


def used(*, counter: str, owner: uuid.UUID, period: str) -> int:
    """What `owner` has taken of `counter` in `period`; 0 when nothing yet."""
    row = LimitCounter.objects.filter(shard=shard_of(owner), owner=owner, counter=counter, period=period)
    return row.values_list("used", flat=True).first() or 0
