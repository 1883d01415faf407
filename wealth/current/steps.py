"""Money funds' steps of the end of day: which quotes are in, and the income of every part."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from wealth.current import income, queries, waiting


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
    """A product without its quote waits; the others go on. A shard is a share of the products, each whole: the parts of one lie in the same
    pages, so part after part would read and write every page as often as there are parts."""

    name: str = "current.income"
    order: int = 310
    shards: int = 4

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        mine = [product_id for product_id in queries.held_products() if product_id.int % self.shards == shard]
        return sum(income.catch_up_product(product_id=product_id, through=day, at=at) for product_id in mine)


STEPS.plug("current.quotes", Quotes())
STEPS.plug("current.income", Income())
