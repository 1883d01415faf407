"""How a room has something of a day counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from core.sockets import Socket


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much in fen, of one figure of a day; `key` says of which kind."""

    figure: str
    key: str = ""
    number: int = 0
    fen: int = 0


@runtime_checkable
class Counts(Protocol):
    """A room's figures of a day, without personal data."""

    def count(self, *, day: date) -> Iterable[Tally]:
        """Few set-based queries over the rows of that Shanghai day; one tally for each figure and key."""


COUNTS: Socket[Counts] = Socket("core.tallies.counts", Counts)
