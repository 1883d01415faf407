"""What adapters and upper rooms plug into issuers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from core.sockets import Socket
from wealth.issuers.models import IssuerRequest
from wealth.issuers.port import Port


@runtime_checkable
class Told(Protocol):
    """The room a request was made for, plugged in under `IssuerRequest.business`. Called once with the request locked, inside a
    transaction: take your own rows next, the ledger last; never call the network. A DomainError undoes what you wrote, and you are told
    again later."""

    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        """Done: `confirmed_fen` is the whole money with `fee_fen` in it, `confirmed_units_fen` the units, `nav`, `confirmed_on`. A cancel
        that is confirmed called its original off, about which nothing else is told."""
        ...

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        """Certainly not done; `request.code` is the issuer's own."""
        ...


@runtime_checkable
class QuoteTaker(Protocol):
    """Who takes an issuer's quotes in. Called inside a transaction, once a product, day and revision (again after a DomainError)."""

    def quoted(self, *, product_code: str, day: date, income_per_10k: Decimal, revision: int, at: datetime) -> None: ...


@runtime_checkable
class AdapterMaker(Protocol):
    """Opens an issuer for calls."""

    def open(self, *, issuer: str) -> Port:
        """Raises IssuerNotConnected when there is no live credential."""
        ...


TOLD: Socket[Told] = Socket("wealth.issuers.told", Told)
QUOTES: Socket[QuoteTaker] = Socket("wealth.issuers.quotes", QuoteTaker)
ISSUER_ADAPTERS: Socket[AdapterMaker] = Socket("wealth.issuers.adapters", AdapterMaker)
