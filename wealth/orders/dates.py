"""What an order made now would mean: its dates, until when it may be called off, and its price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.clock.queries import SHANGHAI
from wealth.catalog.dates import OrderDates, ordered_at
from wealth.catalog.queries import ProductVersion

PAR = Decimal("1.000000")
"""What a unit of a product with no daily value costs."""


@dataclass(frozen=True)
class Terms:
    """`cut_at`: the instant that ends the trade date; itself is late."""

    dates: OrderDates
    cut_at: datetime
    price: Decimal


def terms_of(version: ProductVersion, at: datetime) -> Terms:
    """Raises BeyondCalendar."""
    dates = ordered_at(version, at)
    cut_at = datetime.combine(dates.trade_on, version.cut_off, tzinfo=SHANGHAI)
    return Terms(dates, cut_at, PAR)
