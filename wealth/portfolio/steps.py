"""The portfolios' step of the end of day, after every step that books something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.portfolio.models import PARTS
from wealth.portfolio.services import keeping


@dataclass
class KeepDay:
    name: str = "portfolio.keep"
    order: int = 700
    shards: int = PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return keeping.catch_up(part=shard, through=day)

    def run_all(self, *, day: date, shards: Sequence[int], at: datetime) -> Sequence[int]:
        return keeping.catch_up_parts(parts=shards, through=day)


STEPS.plug("portfolio.keep", KeepDay())
