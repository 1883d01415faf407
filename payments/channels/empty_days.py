"""The bill of a day on which nothing moved: some channels write none."""

from datetime import date, datetime, time, timedelta
from hashlib import sha256

from core.clock import queries as clock
from payments.channels.port import StatementFile, StatementNotReady

OUT_BY = time(10)
"""When yesterday's bills are there at the latest, in Shanghai, at every channel that writes none for an empty day."""


def nothing(*, day: date, kind: str, wall: datetime) -> StatementFile:
    """The bill of a day that the channel says it has none of. Raises StatementNotReady while it may only be late."""
    if clock.local_day(wall - timedelta(hours=OUT_BY.hour)) <= day:
        raise StatementNotReady()
    return StatementFile(day, kind, "csv", b"", sha256(b"").hexdigest(), (), {})
