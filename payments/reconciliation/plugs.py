"""What reconciliation plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from payments.channels.sockets import FIXERS
from payments.reconciliation import books, fixing

BOOKS.plug("payments.reconciliation", books.LINES)
FIXERS.plug("payments.reconciliation", fixing)
