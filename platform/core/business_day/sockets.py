"""How a floor takes part in the end of the business day."""

from collections.abc import Collection
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


@runtime_checkable
class Sparse(Protocol):
    """A step that knows which of its shards have something to do: on most days few of them."""

    def busy(self, *, day: date, shards: Collection[int], at: datetime) -> Collection[int]:
        """Those of `shards` that `run` may touch a row of, in one query; the others are recorded as done without `run`.

        Called in the transaction that records them, so it may leave out no shard that `run` would have found something in.
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
