"""When a channel is looked at again for a day that is not closed. Pure."""

from datetime import datetime, timedelta

DELAYS = (*(timedelta(minutes=10) for _ in range(6)), *(timedelta(hours=1) for _ in range(24)))
"""The day after: its bills are there by ten in the morning at the latest."""
THEN = timedelta(hours=6)
SILENT = 6


def next_look(at: datetime, looks: int) -> datetime:
    """When to look again after `looks` looks before this one."""
    return at + (DELAYS[looks] if looks < len(DELAYS) else THEN)


def for_people(why: str, looks: int) -> bool:
    """Whether an operator should hear that no statement came in so many looks: a channel not ready has its day to make one, one that does
    not answer the first hour; a broken statement is not mended by time."""
    return looks >= {"not_ready": len(DELAYS), "no_answer": SILENT}.get(why, 0)
