"""The issuer's days: trading days of the mainland's exchanges, and its clock."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar

from sandbox.clock import SHANGHAI, Clock
from sandbox.store import set_meta

CLOSED = frozenset({date(2024, 2, 9)})
"""Working days on which the exchanges are shut."""


class IssuerClock(Clock):
    """The wall clock plus an offset; nothing of the issuer's keeps it from going back."""

    def move(self, offset_s: float) -> None:
        """Set the offset."""
        with self._store.write() as tx:
            set_meta(tx, "clock_offset_s", repr(offset_s))
        self._offset_s = offset_s

    def today(self) -> date:
        """The day in Shanghai."""
        return self.now().date()


def offset_of(now: datetime) -> float:
    """The offset at which the clock shows `now` (Shanghai where it names no zone)."""
    aware = now if now.tzinfo else now.replace(tzinfo=SHANGHAI)
    return (aware - datetime.now(UTC)).total_seconds()


def trades(day: date) -> bool:
    """Whether the exchanges trade; beyond the table of holidays, Monday to Friday."""
    if day.weekday() >= 5 or day in CLOSED:
        return False
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return True


def next_trading(day: date) -> date:
    """The first trading day after `day`."""
    found = day + timedelta(days=1)
    while not trades(found):
        found += timedelta(days=1)
    return found
