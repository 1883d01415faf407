"""When an open request, a file or a quote is looked at again. Pure."""

from datetime import datetime, timedelta

QUERY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 5, 5, 5, 5, 5, 60, 300, 1800, 3600, 21600))
SEND_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 60, 600, 1800, 3600))
LEASE = timedelta(seconds=60)
MAINTENANCE_WAIT = timedelta(minutes=5)
FILE_AGAIN = timedelta(minutes=10)
TELL_AGAIN = timedelta(seconds=60)
ALARM_AFTER = timedelta(hours=9)
"""So long after the midnight (Shanghai) from which a file or quote may be here, one that is not is an operator's."""
MOST_DAYS = 60
"""How far back days are looked for whose file is not settled."""
MOST_ASKED = 100
"""So many work items at most come of one file's left-out orders."""
NOW = timedelta(0)
QUOTE_DAYS = 7
KNOWN_DAYS = 30
"""A product quoted within so many days is expected to be quoted."""


def next_query(at: datetime, asked: int) -> datetime:
    """When to ask next after `asked` questions: by the delays, then every last delay for as long as it is open."""
    return at + QUERY_DELAYS[min(asked, len(QUERY_DELAYS) - 1)]


def next_send(at: datetime, sent: int) -> datetime:
    """When to send again what certainly did not arrive, after `sent` departures."""
    return at + SEND_DELAYS[min(max(sent - 1, 0), len(SEND_DELAYS) - 1)]


def used_up(asked: int) -> bool:
    """Whether so much was asked, or sent in vain, that an operator should look too."""
    return asked >= len(QUERY_DELAYS)
