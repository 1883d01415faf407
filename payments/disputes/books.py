"""The event types of disputes."""

from accounts.ledger.sockets import EventLine, Lines
from payments.disputes import journals

LINES = Lines(
    events=[
        EventLine(journals.FROZEN, "Frozen while it is disputed", "争议期间冻结", passes_freeze=True),
        EventLine(journals.RELEASED, "Released after a dispute", "争议结束解冻", passes_freeze=True),
    ],
)
