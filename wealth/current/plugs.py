"""What money funds plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from wealth.catalog.sockets import HOLDINGS, KINDS
from wealth.current import books
from wealth.current.holdings import CurrentHoldings
from wealth.current.issuers_word import IssuersQuotes
from wealth.current.kinds import Current
from wealth.issuers.sockets import QUOTES

BOOKS.plug("wealth.current", books.LINES)
KINDS.plug("current", Current())
HOLDINGS.plug("current", CurrentHoldings())
QUOTES.plug("current", IssuersQuotes())
