"""What floors plug in beside products: the wallet, points, debts (name = kind)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.sockets import Socket
from wealth.catalog.sockets import Told


@dataclass(frozen=True)
class Amount:
    """`fen` in all, of which `available_fen` could be had today. Neither is below zero: the source's sign says what it is."""

    fen: int
    available_fen: int


@runtime_checkable
class Beside(Protocol):
    """Something a customer has (`sign` 1) or owes (`sign` -1). `deposit`: it is money of theirs, which debts are measured against."""

    sign: int
    deposit: bool
    label: Told

    def amount(self, *, customer_id: UUID, at: datetime) -> Amount | None:
        """As it is now; None where it cannot be known."""
        ...

    def day_sql(self) -> str:
        """A SELECT of customer_id, shard, value_fen, paid_in_fen, paid_out_fen (a row a customer; bigint, none below zero) as of the end
        of business day %(day)s as known now, for shard >= %(low)s AND shard < %(high)s."""
        ...


BESIDE: Socket[Beside] = Socket("wealth.portfolio.beside", Beside)
