"""When a channel is looked at again for a day that is not closed. Pure."""

from datetime import datetime, timedelta

DELAYS = (*(timedelta(minutes=10) for _ in range(6)), *(timedelta(hours=1) for _ in range(24)))
"""The day after: its bills are there by ten in the morning at the latest."""
THEN = timedelta(hours=6)


def next_look(at: datetime, looks: int) -> datetime:
    """When to look again after `looks` looks before this one."""
    return at + (DELAYS[looks] if looks < len(DELAYS) else THEN)


def used_up(looks: int) -> bool:
    """Whether a statement was looked for so often that an operator should hear of it."""
    return looks >= len(DELAYS)
