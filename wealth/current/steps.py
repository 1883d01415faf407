"""Money funds' steps of the end of day: which quotes are in, and the income of every part."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.current import income, waiting
from wealth.current.models import PARTS


@dataclass
class Quotes:
    """Asks an operator for every quote that is missing. Returns how many are."""

    name: str = "current.quotes"
    order: int = 300
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return waiting.ask_for_missing(through=day, at=at)


@dataclass
class Income:
    """A product without its quote waits; the others go on."""

    name: str = "current.income"
    order: int = 310
    shards: int = PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return income.catch_up_part(part=shard, through=day, at=at)


STEPS.plug("current.quotes", Quotes())
STEPS.plug("current.income", Income())
