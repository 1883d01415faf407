"""Counting the notices that are turned away. Anybody may send them, so counting them costs the database a bounded number of writes."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any

from django.db import connection

from core.clock import queries as clock
from core.ids import new_id

BURST = 20
A_SECOND = 1.0
COUNT = """
INSERT INTO payments_refusednotices (id, channel, day, reason, count, last_body_sha256, last_at)
VALUES (%(id)s, %(channel)s, %(day)s, %(reason)s, %(number)s, %(digest)s, %(at)s)
ON CONFLICT (channel, day, reason) DO UPDATE SET count = payments_refusednotices.count + EXCLUDED.count,
    last_body_sha256 = EXCLUDED.last_body_sha256, last_at = EXCLUDED.last_at
"""


@dataclass
class Waiting:
    """What one process has not written yet of one channel's refusals for one reason, and how many writes it may still do."""

    number: int = 0
    writes: float = BURST
    filled_at: float = 0.0


class Tally:
    """This process's refusals: BURST of a channel and reason are written as they come, then one write a second takes what came
    meanwhile with it. A process that ends forgets what waits: the count is a lower bound."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: dict[tuple[str, str], Waiting] = {}

    def add(self, channel: str, reason: str) -> int:
        """Note one refusal; how many are to be written now (0: none yet)."""
        with self.lock:
            found = self.waiting.setdefault((channel, reason), Waiting(filled_at=monotonic()))
            found.number += 1
            now = monotonic()
            found.writes = min(BURST, found.writes + (now - found.filled_at) * A_SECOND)
            found.filled_at = now
            if found.writes < 1:
                return 0
            found.writes -= 1
            number, found.number = found.number, 0
            return number


TALLY = Tally()


def count(channel: str, reason: str, raw_body: bytes, at: datetime, tally: Tally = TALLY) -> None:
    """Count one refusal, now or with a later one. `channel` exists and `reason` is one of the port's: no caller makes new rows."""
    number = tally.add(channel, reason)
    if not number:
        return
    values: dict[str, Any] = {"id": new_id(), "channel": channel, "day": clock.local_day(at), "reason": reason, "number": number}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values | {"digest": sha256(raw_body).hexdigest(), "at": at})
