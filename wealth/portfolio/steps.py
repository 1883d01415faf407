"""The portfolios' step of the end of day, after every step that books something."""

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


STEPS.plug("portfolio.keep", KeepDay())
