"""The portfolios' step of the end of day, after every step that books something."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.portfolio.models import PARTS
from wealth.portfolio.services import keeping

TOGETHER = 4


@dataclass
class KeepDay:
    """TOGETHER parts are one transaction: with more it is a little faster still, but less goes on side by side, and more is done again
    after a crash. A day that was planned in more shards has nothing to do in the others."""

    name: str = "portfolio.keep"
    order: int = 700
    shards: int = PARTS // TOGETHER

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        parts = range(PARTS)[shard * TOGETHER : (shard + 1) * TOGETHER]
        return keeping.catch_up_together(parts=parts, through=day) if parts else 0


STEPS.plug("portfolio.keep", KeepDay())
