"""The event types of fixed terms' own journals. What matured also reaches a frozen customer: it is theirs and waits there."""

from accounts.ledger.sockets import EventLine, Lines
from wealth.fixed_term import journals

LINES = Lines(
    events=[
        EventLine(journals.MATURED, "Fixed terms matured", "定期产品到期"),
        EventLine(journals.MATURITY_PAID, "Fixed term paid", "定期到期到账", passes_freeze=True),
        EventLine(journals.ROLLED, "Interest of fixed terms rolled on", "定期利息续存"),
    ],
)
