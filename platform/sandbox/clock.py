"""The bank's clock: the wall clock plus an offset, so that the bank lives in the platform's simulated time."""

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone

from sandbox.store import Store, meta, set_meta
from sandbox.wire import Refusal

# Mainland China has had one zone without summer time since 1991, so a fixed offset is exact.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock:
    """Business time. Signatures and deliveries use the wall clock instead."""

    def __init__(self, store: Store) -> None:
        """Take up the offset kept in the store."""
        self._store = store
        with store.read() as tx:
            self._offset_s = float(meta(tx, "clock_offset_s", "0"))

    @property
    def offset_s(self) -> float:
        """Seconds the bank is ahead of the wall clock (negative: behind)."""
        return self._offset_s

    def now(self) -> datetime:
        """Now at the bank, in Shanghai, whole seconds."""
        return (datetime.now(UTC) + timedelta(seconds=self._offset_s)).astimezone(SHANGHAI).replace(microsecond=0)

    def move(self, offset_s: float) -> None:
        """Set the offset. Raises Refusal CLOCK_BEHIND_BOOKS when a later day is booked already."""
        with self._store.write() as tx:
            today = (datetime.now(UTC) + timedelta(seconds=offset_s)).astimezone(SHANGHAI).date()
            booked = _last_booked(tx)
            if booked and today.isoformat() < booked:
                raise Refusal(
                    "CLOCK_BEHIND_BOOKS", "offset_seconds", f"the bank has booked {booked}: reset it first to go back before that day"
                )
            set_meta(tx, "clock_offset_s", repr(offset_s))
            self._offset_s = offset_s

    def forget(self) -> None:
        """Back to the wall clock, after a reset of the store."""
        self._offset_s = 0.0


def _last_booked(tx: sqlite3.Connection) -> str:
    """The last day with an order or entry on it, or settled (then the day after); '' when the books are empty."""
    row = tx.execute(
        "SELECT max(coalesce((SELECT max(booked_on) FROM orders), ''), coalesce((SELECT max(returned_on) FROM orders), ''),"
        " coalesce((SELECT max(date(settled_on, '+1 day')) FROM merchants WHERE settled_on <> ''), '')) AS day"
    ).fetchone()
    return str(row["day"])


def stamp(at: datetime) -> str:
    """ISO 8601 with +08:00, as on the wire."""
    return at.isoformat(timespec="seconds")


def next_day(day: str) -> str:
    """The day after an ISO day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def previous_day(day: str) -> str:
    """The day before an ISO day."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
