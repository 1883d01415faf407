"""What upper rooms plug into the wallet: how their movements of a customer's balance read on the statement."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.db.models import QuerySet

from core.sockets import Socket


@dataclass(frozen=True)
class Sort:
    """Which entries are of a kind: the journals' events, and the sign of the amount where one event has two sides."""

    events: tuple[str, ...]
    sign: int
    en: str
    zh: str


@dataclass(frozen=True)
class Detail:
    """What a line of the statement says beside its amount. `counterparty` is the customer on the other side, shown masked; `party`
    whoever else is there, in words (a merchant's name); `fee_fen` is part of the amount."""

    counterparty: uuid.UUID | None = None
    party: str = ""
    card: str = ""
    remark: str = ""
    fee_fen: int = 0


@runtime_checkable
class StatementSource(Protocol):
    """One class of orders: the journals that name one as their reference, by its public id, are explained by it."""

    @property
    def prefix(self) -> str:
        """The prefix of the orders' public ids."""
        ...

    @property
    def kinds(self) -> Mapping[str, Sort]:
        """The kinds of movements, by code; a code is unique among all sources."""
        ...

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        """Ids of journals of the customer's orders in which `text` is found: a remark, a card's last digits, the order's number."""
        ...

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        """The customer's orders among `ids`, in a number of queries that does not grow with them; another's are left out."""
        ...


STATEMENT: Socket[StatementSource] = Socket("payments.wallet.statement", StatementSource)
