"""Fixed terms' steps of the end of day: whose day is near is told, and what matures by the morning is settled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.fixed_term import ahead, maturing
from wealth.fixed_term.models import PARTS


@dataclass
class Ahead:
    name: str = "fixed_term.ahead"
    order: int = 320
    shards: int = PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return ahead.tell(day=day, part=shard, at=at)

    def busy(self, *, day: date, shards: Collection[int], at: datetime) -> Collection[int]:
        return ahead.busy(day=day, parts=shards, at=at)


@dataclass
class Mature:
    name: str = "fixed_term.mature"
    order: int = 330
    shards: int = PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return maturing.mature(day=day, part=shard, at=at)

    def busy(self, *, day: date, shards: Collection[int], at: datetime) -> Collection[int]:
        return maturing.busy(day=day, parts=shards)


STEPS.plug("fixed_term.ahead", Ahead())
STEPS.plug("fixed_term.mature", Mature())
