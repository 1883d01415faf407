"""The collects' event type."""

from accounts.ledger.sockets import EventLine, Lines
from payments.collects import journals

LINES = Lines(events=[EventLine(journals.PAID, "Share of a collect paid", "群收款付款")])
