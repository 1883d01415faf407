"""Drawing an amount from sources in order, each giving what it can: which account pays how much of one payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Name = TypeVar("Name")


class NotCovered(ValueError):
    """The sources together cannot give the amount; `missing` minor units are left."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(f"{missing} minor units are not covered by any source")


@dataclass(frozen=True)
class Source(Generic[Name]):
    """One payer: `limit` is the most it can give in minor units (balance and overdraft), None for no limit; it gives
    nothing below zero (an account under its floor)."""

    name: Name
    limit: int | None = None


@dataclass(frozen=True)
class AtMost(Generic[Name]):
    """Sources in order that give no more than `limit` minor units together; below zero they give nothing, as a Source does."""

    limit: int
    sources: "Sequence[Source[Name] | AtMost[Name]]"


def draw(amount: int, sources: "Sequence[Source[Name] | AtMost[Name]]") -> list[tuple[Name, int]]:
    """What each source gives, in order, zeros left out, summing to `amount`.

    Raises NotCovered; ValueError for an amount below zero. Source: the ordered sources of the Numscript language (Formance).
    """
    if amount < 0:
        raise ValueError(f"{amount} minor units cannot be drawn")
    given, missing = take(amount, sources)
    if missing:
        raise NotCovered(missing)
    return given


def take(amount: int, sources: "Sequence[Source[Name] | AtMost[Name]]") -> tuple[list[tuple[Name, int]], int]:
    """What the sources give of `amount`, and what is missing."""
    given: list[tuple[Name, int]] = []
    left = amount
    for source in sources:
        if isinstance(source, AtMost):
            most = min(left, max(source.limit, 0))
            inner, short = take(most, source.sources)
            given += inner
            left -= most - short
            continue
        part = left if source.limit is None else min(left, max(source.limit, 0))
        left -= part
        given += [(source.name, part)] if part else []
    return given, left
