"""What upper rooms add to the page of an order at the desk: their refunds, disputes and notices of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.desk.sockets import Words
from core.sockets import Socket


@dataclass(frozen=True)
class Chapter:
    """A small table; cells are text or safe markup, personal data masked."""

    title: Words
    header: Iterable[Words]
    rows: list[list[object]]


@runtime_checkable
class Storyteller(Protocol):
    """A room that knows something of orders. `order` sorts the chapters."""

    @property
    def order(self) -> int: ...

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        """A few queries, however old the order is."""
        ...


STORY: Socket[Storyteller] = Socket("payments.cashier.story", Storyteller)
