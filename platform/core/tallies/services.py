"""Counting a day, and counting it again."""

from datetime import date, datetime, timedelta

from django.db import transaction

from core.tallies.models import DayTally
from core.tallies.sockets import COUNTS

AGAIN_DAYS = 7
"""How many days back the end of day counts again: a payment may end, and a payout come back, days after it began."""


@transaction.atomic
def count(*, day: date, at: datetime) -> int:
    """Keep what every room counts of `day`, in place of what was kept of it. Returns how many rows it wrote."""
    rows = [
        DayTally(day=day, source=name, lines=[[one.figure, one.key, one.number, one.fen] for one in source.count(day=day)], counted_at=at)
        for name, source in COUNTS.items()
    ]
    DayTally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day", "source"], update_fields=["lines", "counted_at"])
    return len(rows)


def count_again(*, day: date, at: datetime) -> int:
    """Count `day` and the days before it that may still have changed, oldest first."""
    return sum(count(day=day - timedelta(days=back), at=at) for back in reversed(range(AGAIN_DAYS)))
