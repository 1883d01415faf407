"""When an open request is looked at again. Pure."""

from datetime import datetime, timedelta

QUERY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 5, 5, 5, 5, 5, 60, 300, 1800, 3600, 21600))
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60))
PATIENT_DELAYS = (*RETRY_DELAYS, *(timedelta(minutes=minutes) for minutes in (10, 30, 60, 120, 240, 360)))
"""Of what nobody waits for: longer than a bank is away for a night."""
LEASE = timedelta(seconds=60)
RESEND_WITHIN = timedelta(minutes=10)
TAKEN_UP_WITHIN = timedelta(minutes=30)
"""How long a payer has to do what a channel asks of them: its code is dead by then, or soon."""
RETURNS_WITHIN = timedelta(days=7)
"""How long a payout may come back: it is asked about, and keeps its customer's account open, for as long."""
SIGNING_SETTLES_AFTER = timedelta(seconds=20)


def next_query(at: datetime, asked: int) -> datetime:
    """When to ask next after `asked` questions: by the delays, then every last delay for as long as it is open."""
    return at + QUERY_DELAYS[min(asked, len(QUERY_DELAYS) - 1)]


def used_up(asked: int) -> bool:
    """Whether so much was asked that an operator should look too."""
    return asked >= len(QUERY_DELAYS)


def next_send(at: datetime, sent: int, *, patient: bool = False) -> datetime | None:
    """When to send again what the channel definitely did not do, after `sent` departures; None when it was tried enough."""
    delays = PATIENT_DELAYS if patient else RETRY_DELAYS
    return at + delays[sent - 1] if 0 < sent <= len(delays) else None
