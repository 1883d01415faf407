"""The day counted at its end, when nothing of it moves any more but what is still under way."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from core.tallies import services


@dataclass
class CountDay:
    """After every step that books or settles something."""

    name: str = "tallies.count"
    order: int = 850
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return services.count_again(day=day, at=at)


STEPS.plug("tallies.count", CountDay())
