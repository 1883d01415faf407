"""The event types of orders' own journals. Redeemed money also reaches a frozen customer: it is theirs and waits there."""

from accounts.ledger.sockets import EventLine, Lines
from wealth.orders import journals

LINES = Lines(
    events=[
        EventLine(journals.CASH_PAID, "Redeemed money paid", "赎回款到账", passes_freeze=True),
        EventLine(journals.FAST_PAID, "Redeemed money advanced", "快速赎回垫付"),
        EventLine(journals.RETURNED, "Refund of fund shares paid", "份额支付退款转余额", passes_freeze=True),
    ],
)
