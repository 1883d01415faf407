"""The event types of money funds' journals."""

from accounts.ledger.sockets import EventLine, Lines
from wealth.current import journals

LINES = Lines(
    events=[
        EventLine(journals.CONFIRMED, "Purchase of a product confirmed", "申购确认"),
        EventLine(journals.INCOME, "Income of a product", "产品收益入账"),
        EventLine(journals.REDEEMED, "Redemption of a product confirmed", "赎回确认"),
        EventLine(journals.FAST_SETTLED, "Advance of a fast redemption settled", "快速赎回垫资结清"),
    ],
)
