"""What reconciliation plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from payments.reconciliation import books

BOOKS.plug("payments.reconciliation", books.LINES)
