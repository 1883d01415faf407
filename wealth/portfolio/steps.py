"""The portfolios' step of the end of day, after every step that books something."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.portfolio.models import PARTS
from wealth.portfolio.services import keeping

TOGETHER = 4


@dataclass
class KeepDay:
    """TOGETHER parts are one transaction: more would be a little faster still, and leave less to work on side by side and more to do again."""

    name: str = "portfolio.keep"
    order: int = 700
    shards: int = PARTS // TOGETHER

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return keeping.catch_up_together(parts=range(shard * TOGETHER, (shard + 1) * TOGETHER), through=day)


STEPS.plug("portfolio.keep", KeepDay())
