"""The ledger's steps of the end of day: nothing of the day under way, all folded, summed in ranges, sealed and counted."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.ledger import days, seal
from accounts.ledger.calls import call
from core.business_day.sockets import STEPS


@dataclass
class Barrier:
    """No posting with the day that was cut off is under way any more when this has run; folds what they left."""

    name: str = "ledger.fold"
    order: int = 10
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        call("SELECT ledger_barrier()", ())
        return days.fold_all(through=day)


@dataclass
class Roll:
    """Movements per account and effective day, GL totals: each range of accounts once."""

    name: str = "ledger.roll"
    order: int = 20
    shards: int = days.RANGES

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return int(call("SELECT ledger_roll(%s, %s, %s)", (day, shard, at))[0])


@dataclass
class Manifest:
    """The day sealed and counted, and the next months' partitions made."""

    name: str = "ledger.manifest"
    order: int = 900
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        days.make_partitions(at=at)
        return seal.make_manifest(day=day, at=at).journals


STEPS.plug("ledger.fold", Barrier())
STEPS.plug("ledger.roll", Roll())
STEPS.plug("ledger.manifest", Manifest())
