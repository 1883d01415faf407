"""What rooms of kinds plug into orders: how their holdings are bought and given up (name = kind).

Every call runs in the order's transaction with the order's row locked: take your own rows next, post to the ledger last, never call the
network.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.errors import DomainError
from core.sockets import Socket
from wealth.orders.models import WealthOrder


@runtime_checkable
class Booking(Protocol):
    """`refusals`: what the calls refuse with beyond what orders know themselves."""

    refusals: Sequence[type[DomainError]]

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        """The issuer confirmed a purchase (`amount_fen`, `units_fen`, `fee_fen`, `earns_from`): add the units; returns journal W2."""
        ...

    def freeze(self, *, order: WealthOrder, at: datetime) -> None:
        """Set `units_fen` of the customer aside, or refuse when they do not have as many free."""
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
