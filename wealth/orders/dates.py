"""What an order made now would mean: its dates, until when it may be called off, and its price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wealth.catalog.dates import OrderDates, ordered_at
from wealth.catalog.queries import ProductVersion
from wealth.orders.sockets import Booking

PAR = Decimal("1.000000")
"""What a unit of a product with no daily value costs."""


@dataclass(frozen=True)
class Terms:
    dates: OrderDates
    price: Decimal


def terms_of(version: ProductVersion, booking: Booking, at: datetime) -> Terms:
    """Raises BeyondCalendar, and what the kind's own dates refuse."""
    return Terms(booking.dates(version=version, at=at) or ordered_at(version, at), PAR)
