"""End-of-day steps for the tests: each shard writes what it did as counter rows that show a double run."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from core.business_day.sockets import STEPS
from core.limits import queries as limits
from core.limits.services import take

NO_CAP = 10**12
STEP_OWNER = uuid.UUID("01933f6e-0000-7000-8000-0000000000e0")


@dataclass
class Interest:
    """Credits 100 of something per shard and day, in a row that adds up if a shard ever runs twice."""

    name: str = "tests.interest"
    order: int = 10
    shards: int = 4
    broken: set[int] = field(default_factory=set)

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        take(counter=f"{self.name}.{shard}", owner=STEP_OWNER, period=day.isoformat(), amount=100, cap=NO_CAP)
        if shard in self.broken:
            raise KeyError(shard)
        return 3


@dataclass
class Idle(Interest):
    """Has nothing to do."""

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return 0


@dataclass
class Seldom(Interest):
    """Only some of its shards have something to do."""

    due: set[int] = field(default_factory=set)
    ran: list[int] = field(default_factory=list)

    def busy(self, *, day: date, shards: Collection[int], at: datetime) -> Collection[int]:
        return self.due & set(shards)

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        self.ran.append(shard)
        return super().run(day=day, shard=shard, at=at)


def credited(day: date, *, name: str = "tests.interest", shards: int = 4) -> list[int]:
    """What each shard credited for `day`."""
    return [limits.used(counter=f"{name}.{shard}", owner=STEP_OWNER, period=day.isoformat()) for shard in range(shards)]


@contextmanager
def plugged(*steps: Interest) -> Iterator[None]:
    """Run with exactly these steps."""
    kept = dict(STEPS.plugs)
    STEPS.plugs.clear()
    try:
        for step in steps:
            STEPS.plug(step.name, step)
        yield
    finally:
        STEPS.plugs.clear()
        STEPS.plugs.update(kept)
