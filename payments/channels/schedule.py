"""When an open request is looked at again. Pure."""

from datetime import datetime, timedelta

QUERY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 5, 5, 5, 5, 5, 60, 300, 1800, 3600, 21600))
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60))
LEASE = timedelta(seconds=60)
RESEND_WITHIN = timedelta(minutes=10)
SIGNING_SETTLES_AFTER = timedelta(seconds=20)


def next_query(at: datetime, asked: int) -> datetime | None:
    """When to ask next after `asked` questions; None when the schedule is used up (an operator's turn)."""
    return at + QUERY_DELAYS[asked] if asked < len(QUERY_DELAYS) else None


def next_send(at: datetime, sent: int) -> datetime | None:
    """When to send again what the channel definitely did not do, after `sent` departures; None when it was tried enough."""
    return at + RETRY_DELAYS[sent - 1] if 0 < sent <= len(RETRY_DELAYS) else None
