"""The account roles and the event of transfers. A seller's money also reaches them frozen: it is theirs and waits there."""

from accounts.ledger.sockets import EventLine, Lines, RoleLine
from wealth.transfer import journals

LINES = Lines(
    roles=[
        RoleLine(journals.CLEARING, "liability", "2205", "Transfers: being settled", "转让清算", mode="buffered"),
        RoleLine(journals.FEES, "income", "6022", "Transfer fees", "转让手续费", mode="buffered"),
    ],
    events=[EventLine(journals.TRANSFERRED, "Holding of a fixed term sold", "定期转让成交", passes_freeze=True)],
)
