"""The ledger's steps of the end of day: folded, nothing of the day under way, summed, sealed, partitions made, old days closed."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.ledger import days, periods, seal
from accounts.ledger.calls import call
from core.business_day.sockets import STEPS


@dataclass
class FoldAhead:
    """Folds what waits before the barrier, which then holds its lock only for what is posted meanwhile."""

    name: str = "ledger.fold_ahead"
    order: int = 5
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return days.fold_all(through=day)


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
    """The day sealed and counted."""

    name: str = "ledger.manifest"
    order: int = 900
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return seal.make_manifest(day=day, at=at).journals


@dataclass
class Partitions:
    """The next months' partitions, apart from all other work: making one locks journals and entries for a moment."""

    name: str = "ledger.partitions"
    order: int = 950
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return days.make_partitions(at=at)


@dataclass
class ClosePeriods:
    """The books closed for the days that lie beyond the back-dating window."""

    name: str = "ledger.close_periods"
    order: int = 960
    shards: int = 1

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        return periods.close_old(day=day, at=at)


STEPS.plug("ledger.fold_ahead", FoldAhead())
STEPS.plug("ledger.fold", Barrier())
STEPS.plug("ledger.roll", Roll())
STEPS.plug("ledger.manifest", Manifest())
STEPS.plug("ledger.partitions", Partitions())
STEPS.plug("ledger.close_periods", ClosePeriods())
