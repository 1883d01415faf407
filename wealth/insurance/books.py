"""The account role and the event types of insurance. What an insurer pays also reaches a frozen customer: it is theirs and waits there."""

from accounts.ledger.sockets import EventLine, Lines, RoleLine
from wealth.insurance import journals

LINES = Lines(
    roles=[RoleLine(journals.PREMIUMS, "liability", "2205", "Product: premiums to be passed on", "产品待划付保费", floor=0)],
    events=[
        EventLine(journals.PREMIUM, "Premium passed on to the insurer", "保费划付保险公司"),
        EventLine(journals.PREMIUM_TAKEN, "Premium taken from the balance", "余额代扣保费"),
        EventLine(journals.PAID_OUT, "Insurer's payment to a customer", "保险公司给付", passes_freeze=True),
    ],
)
