"""How a floor takes part in the end of the business day."""

from datetime import date, datetime
from typing import Protocol, runtime_checkable

from core.sockets import Socket


@runtime_checkable
class Step(Protocol):
    """One piece of the end of day: steps run by (`order`, `name`), each in `shards` independent shards."""

    name: str
    order: int
    shards: int

    def run(self, *, day: date, shard: int, at: datetime) -> int:
        """Do shard `shard` of 0..shards-1 for `day` and return how many rows it touched.

        Called inside one transaction that also records the shard as done: a crash undoes both, and a shard that is
        done is never called again. Set-based SQL, no network, no transaction control of its own.
        """


STEPS: Socket[Step] = Socket("core.business_day.steps", Step)


@runtime_checkable
class Arrivals(Protocol):
    """What other houses send by themselves. Workers take it in as it comes; on a journey through time there are none, and a day would
    close without it."""

    def take_in(self, *, at: datetime) -> None:
        """Fetch and tell what has come by `at`. Outside any transaction; may call the network. A failure stops no day."""
        ...


ARRIVALS: Socket[Arrivals] = Socket("core.business_day.arrivals", Arrivals)
