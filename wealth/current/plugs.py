"""What money funds plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from wealth.current import books, steps

__all__ = ["steps"]

BOOKS.plug("wealth.current", books.LINES)
