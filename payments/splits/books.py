"""Splits' event types."""

from accounts.ledger.sockets import EventLine, Lines
from payments.splits import journals

LINES = Lines(
    events=[
        EventLine(journals.DONE, "Payment split to receivers", "分账"),
        EventLine(journals.RETURNED, "Split given back", "分账回退"),
    ],
)
