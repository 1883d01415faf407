"""Debts' steps of the end of day: penalties, lines that lend nothing more, and what came up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from credit.debts import coming_up, late


@dataclass
class Late:
    name: str = "credit.late"
    order: int = 400
    shards: int = late.PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return late.grow(day=day, part=shard, at=at) + late.freeze(day=day, part=shard, at=at)

    def busy(self, *, day: date, shards: Collection[int], at: datetime) -> Collection[int]:
        return late.busy(day=day, parts=shards)


@dataclass
class ComeUp:
    name: str = "credit.come_up"
    order: int = 410
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return coming_up.book(day=day, at=at)


STEPS.plug("credit.late", Late())
STEPS.plug("credit.come_up", ComeUp())
