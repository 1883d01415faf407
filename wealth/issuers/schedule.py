"""When an open request, a file or a quote is looked at again. Pure."""

from datetime import datetime, timedelta

QUERY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 5, 5, 5, 5, 5, 60, 300, 1800, 3600, 21600))
SEND_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60, 600, 1800, 3600))
LEASE = timedelta(seconds=60)
MAINTENANCE_WAIT = timedelta(minutes=5)
FILE_AGAIN = timedelta(minutes=10)
TELL_AGAIN = timedelta(seconds=60)
RESEND_WITHIN = timedelta(days=1)
ALARM_HOUR = 9
"""From this hour of the day after (Shanghai) a file or quote that is not here is an operator's."""
QUOTE_DAYS = 7


def next_query(at: datetime, asked: int) -> datetime:
    """When to ask next after `asked` questions: by the delays, then every last delay for as long as it is open."""
    return at + QUERY_DELAYS[min(asked, len(QUERY_DELAYS) - 1)]


def next_send(at: datetime, sent: int) -> datetime:
    """When to send again what certainly did not arrive, after `sent` departures."""
    return at + SEND_DELAYS[min(max(sent - 1, 0), len(SEND_DELAYS) - 1)]


def used_up(asked: int) -> bool:
    """Whether so much was asked, or sent in vain, that an operator should look too."""
    return asked >= len(QUERY_DELAYS)
