"""The event type of crowdfunding. What a campaign raised also reaches a frozen creator: it is theirs and waits there."""

from accounts.ledger.sockets import EventLine, Lines
from wealth.crowdfunding import journals

LINES = Lines(events=[EventLine(journals.MILESTONE_PAID, "Milestone of a campaign paid", "众筹里程碑付款", passes_freeze=True)])
