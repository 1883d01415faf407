"""Which counters a payment out of the balance goes through, and the periods they turn with (Asia/Shanghai).

Every payment is counted for life, year and day whatever the class, so that a class that rises or falls finds the true totals.
The limits are a person's (PBOC notice 2015 no. 43, article 11), so the counters are: who closes an account and opens another goes on
where they were.
"""

import uuid
from datetime import date, datetime, timedelta

from core.clock.queries import local_day, start_of_day

LIFE, YEAR, DAY = "life", "year", "day"
NO_CAP_FEN = 2**62


def counters(factors: int) -> list[tuple[str, bool]]:
    """(period, by one factor alone) of each counter a payment proven by `factors` kinds of factor goes through."""
    always = [(LIFE, False), (YEAR, False), (DAY, False)]
    return always if factors >= 2 else [*always, (DAY, True)]


def counter(period: str, one_factor: bool) -> str:
    return f"outflow:{period}:one_factor" if one_factor else f"outflow:{period}"


def period_of(period: str, at: datetime) -> str:
    """The name of the period `at` is in: "life", "2026" or "2026-11-22"."""
    day = local_day(at)
    return {LIFE: LIFE, YEAR: str(day.year), DAY: day.isoformat()}[period]


def person_of(id_index: bytes) -> uuid.UUID:
    """Who is counted: 128 bits of the keyed hash of the identity number, which stay when the account is closed and its claim removed."""
    return uuid.UUID(bytes=id_index[:16])


def renews_at(period: str, at: datetime) -> datetime | None:
    """When the period that `at` is in turns; None for life."""
    day = local_day(at)
    turns = {LIFE: None, YEAR: date(day.year + 1, 1, 1), DAY: day + timedelta(days=1)}[period]
    return start_of_day(turns) if turns else None
