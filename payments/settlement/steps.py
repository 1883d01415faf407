"""Settlement's step of the end of day: the merchants' day closed, in parts by the merchants' shards."""

from dataclasses import dataclass
from datetime import date, datetime

from core.business_day.sockets import STEPS
from core.ids import SHARDS
from payments.settlement.services import closing

PARTS = 8


@dataclass
class CloseMerchants:
    """After the ledger has folded and summed the day; what it posts belongs to the next."""

    name: str = "settlement.close"
    order: int = 200
    shards: int = PARTS

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return closing.close_shards(shards=range(shard, SHARDS, PARTS), business_on=day, at=at)


STEPS.plug("settlement.close", CloseMerchants())
