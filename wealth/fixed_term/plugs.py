"""What fixed terms plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.wallet.sockets import STATEMENT
from wealth.catalog.sockets import HOLDINGS, KINDS, MATURING
from wealth.fixed_term import books
from wealth.fixed_term.ahead import AHEAD
from wealth.fixed_term.booking import KIND, FixedTerms
from wealth.fixed_term.closing import Lots, Maturities
from wealth.fixed_term.held import FallingDue, FixedTermHoldings
from wealth.fixed_term.kinds import FixedTerm
from wealth.fixed_term.services.asking import BUSINESS
from wealth.fixed_term.told import IssuersWord
from wealth.issuers.sockets import TOLD
from wealth.orders.sockets import BOOKINGS

BOOKS.plug("wealth.fixed_term", books.LINES)
KINDS.plug(KIND, FixedTerm())
BOOKINGS.plug(KIND, FixedTerms())
HOLDINGS.plug(KIND, FixedTermHoldings())
MATURING.plug(KIND, FallingDue())
TOLD.plug(BUSINESS, IssuersWord())
OBLIGATIONS.plug("wealth.fixed_term", Lots())
EXPORTERS.plug("wealth_fixed_term", Lots())
STATEMENT.plug("wealth_fixed_term", Maturities())
caps.plug(AHEAD)
