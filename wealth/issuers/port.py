"""The port: what every issuer's adapter can be asked. It raises nothing for what the outside did to an order: a lost connection or an HTTP
500 is `Unknown`. Only a number's own decision at the issuer ends it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, runtime_checkable

from wealth.issuers.models import IssuerRequest


@dataclass(frozen=True)
class Accepted:
    """Taken in: the file of the confirmation day decides. For a cancel: the original is called off."""

    issuer_no: str = ""


@dataclass(frozen=True)
class Rejected:
    """Certainly not done, and it never will be under this number."""

    code: str


@dataclass(frozen=True)
class NotDelivered:
    """Nothing of this departure was done; the same number leaves again later."""

    code: str


@dataclass(frozen=True)
class Unknown:
    """It may be there or not. `seen` false: the issuer answered that it has not seen the number so far."""

    code: str
    seen: bool = True


Result = Accepted | Rejected | NotDelivered | Unknown


@dataclass(frozen=True)
class Line:
    """One line of a day's confirmations. `amount_fen` is the whole money, `fee_fen` in it."""

    place: int
    number: str
    operation: str
    product_code: str
    confirmed: bool
    code: str
    amount_fen: int
    units_fen: int
    fee_fen: int
    nav: Decimal


@dataclass(frozen=True)
class ConfirmationFile:
    """A day's confirmations as fetched and verified: its signature, count and sums are right. Sums are those of confirmed lines."""

    day: date
    raw: bytes = field(repr=False)
    sha256: str
    lines: tuple[Line, ...]
    subscribed_fen: int
    redeemed_fen: int
    fee_fen: int


@dataclass(frozen=True)
class Quote:
    product_code: str
    day: date
    income_per_10k: Decimal
    revision: int


class FileNotReady(Exception):
    """The issuer has no file of that day yet; ask later."""


class FileBroken(Exception):
    """The file came but cannot be believed (`reason`)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class IssuerUnreachable(Exception):
    """A read got no usable answer; ask later."""


@runtime_checkable
class Port(Protocol):
    """One issuer, opened with its credential. The same number is the same order, however often it is sent."""

    def send(self, *, request: IssuerRequest) -> Result: ...

    def query(self, *, request: IssuerRequest) -> Result: ...

    def fetch_file(self, *, day: date) -> ConfirmationFile:
        """Raises FileNotReady, FileBroken or IssuerUnreachable."""
        ...

    def fetch_quotes(self, *, first: date, last: date) -> list[Quote]:
        """The newest revision of every product and day it has. Raises IssuerUnreachable."""
        ...
