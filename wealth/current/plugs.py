"""What money funds plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from wealth.catalog.sockets import KINDS
from wealth.current import books
from wealth.current.kinds import Current

BOOKS.plug("wealth.current", books.LINES)
KINDS.plug("current", Current())
