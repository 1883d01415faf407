"""What merchants plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from payments.merchants import books

BOOKS.plug("payments.merchants", books.LINES)
