"""The event types of refunds."""

from accounts.ledger.sockets import EventLine, Lines
from payments.refunds import journals

LINES = Lines(
    events=[
        EventLine(journals.DONE, "Refund to a payer", "退款给付款人", passes_freeze=True),
        EventLine(journals.BY_HAND, "Refund to a payer, paid out by hand", "人工退款给付款人", passes_freeze=True),
    ],
)
