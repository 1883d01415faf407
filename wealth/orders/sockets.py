"""What rooms of kinds plug into orders: what they ask along, and how their holdings are bought and given up (name = kind).

Every call runs in the order's transaction with the order's row locked: take your own rows next, post to the ledger last, never call the
network.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from core.errors import DomainError
from core.sockets import Socket
from wealth.catalog.dates import OrderDates
from wealth.catalog.queries import ProductVersion
from wealth.orders.models import WealthOrder


@runtime_checkable
class Booking(Protocol):
    """`refusals`: what the calls refuse with beyond what orders know themselves. `own`: no issuer is asked; the room of the kind says
    what becomes of a paid order (`orders.services.own`). `holding_prefix`: of the public ids of its lots, "" where a customer has one
    holding of a product, so that a redemption names none."""

    refusals: Sequence[type[DomainError]]
    own: bool
    holding_prefix: str

    def accept(
        self, *, customer_id: UUID, version: ProductVersion, amount_fen: int, details: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        """What a purchase keeps of the `details` it was asked with, as JSON values. Raises Invalid naming the field."""
        ...

    def dates(self, *, version: ProductVersion, at: datetime) -> OrderDates | None:
        """The dates of an order made now; None: by the trading calendar."""
        ...

    def hold(self, *, order: WealthOrder, at: datetime) -> None:
        """A purchase is being ordered: set aside what only this kind counts, or refuse."""
        ...

    def require(self, *, order: WealthOrder, at: datetime) -> None:
        """Refuse what may not be paid; asked when it is ordered, before it is paid, and while it is."""
        ...

    def closed(self, *, order: WealthOrder, at: datetime) -> None:
        """A purchase came to nothing before it was confirmed: give back what `hold` set aside."""
        ...

    def worth(self, *, customer_id: UUID, version: ProductVersion, holding_id: UUID | None, units_fen: int, at: datetime) -> int | None:
        """The fen that units given up now come to, where the kind works that out; None: units times the price. Refuses as `freeze`."""
        ...

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        """The issuer confirmed a purchase (`amount_fen`, `units_fen`, `fee_fen`, `earns_from`): add the units; returns journal W2."""
        ...

    def freeze(self, *, order: WealthOrder, at: datetime) -> int | None:
        """Set `units_fen` of the customer (of the lot `holding_id`) aside, or refuse when they do not have as many free. Returns the fen
        they come to, which the issuer must confirm exactly; None: units times the price."""
        ...

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        """Give the units of a redemption that came to nothing free again."""
        ...

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        """The issuer gave `amount_fen` for the frozen units: take them off; returns journal W4, or W7 of a fast one."""
        ...


BOOKINGS: Socket[Booking] = Socket("wealth.orders.bookings", Booking)


def own_refusals() -> list[type[DomainError]]:
    """What only the kinds themselves refuse with, each once."""
    return list(dict.fromkeys(code for booking in BOOKINGS for code in booking.refusals))
