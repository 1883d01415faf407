"""What the catalogue plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from wealth.catalog import books

BOOKS.plug("wealth.catalog", books.LINES)
