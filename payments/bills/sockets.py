"""What plugs into bills: the systems of billers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from core.sockets import Socket


class BillerSilent(Exception):
    """No whole answer came. After `settle` nobody knows whether the bill is paid there."""


class AccountUnknown(Exception):
    """The biller has no such account."""


@dataclass(frozen=True)
class Owed:
    """One bill of an account, as the biller has it. `number` is the biller's, unique there; fen."""

    number: str
    period: str
    amount_fen: int
    due_on: date


@dataclass(frozen=True)
class Word:
    """What became of a payment: `taken`, not taken (with the biller's code), or never seen."""

    taken: bool
    code: str = ""
    seen: bool = True


@runtime_checkable
class BillerSystem(Protocol):
    """One way to talk to billers. All of these call the network, outside any transaction, and raise BillerSilent."""

    def owed(self, *, biller: str, account_no: str) -> Sequence[Owed]:
        """What an account owes now, the oldest first. Raises AccountUnknown."""
        ...

    def settle(self, *, biller: str, account_no: str, bill_no: str, amount_fen: int, request_no: str) -> Word:
        """Tell the biller that a bill is paid; the same `request_no` again is the same payment."""
        ...

    def became_of(self, *, request_no: str) -> Word:
        """What the biller knows of a payment."""
        ...


BILLERS: Socket[BillerSystem] = Socket("payments.bills.billers", BillerSystem)
