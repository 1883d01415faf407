"""The issuers' event type; its accounts are the catalogue's."""

from accounts.ledger.sockets import EventLine, Lines
from wealth.issuers import journals

LINES = Lines(events=[EventLine(journals.SENT, "Net money of a day to an issuer", "与发行机构当日净额结算")])
