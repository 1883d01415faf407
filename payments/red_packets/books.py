"""The red packets' account role and event types. What comes back also reaches a frozen sender."""

from accounts.ledger.sockets import EventLine, Lines, RoleLine
from payments.red_packets import journals

LINES = Lines(
    roles=[RoleLine("transit:red_packet", "liability", "2202", "Red packets in transit", "红包在途", mode="buffered", clearing=True)],
    events=[
        EventLine(journals.SENT, "Red packet sent", "发红包"),
        EventLine(journals.TAKEN, "Share of a red packet taken", "领取红包"),
        EventLine(journals.BACK, "Rest of a red packet given back", "红包退回", passes_freeze=True),
    ],
)
