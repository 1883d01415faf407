"""What orders plug into other rooms, and how the room below books purchases and redemptions of its kind."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cashier.sockets import FUNDING_SOURCES, PAYEES
from payments.wallet.sockets import STATEMENT
from wealth.issuers.sockets import TOLD
from wealth.orders import books
from wealth.orders.closing import Orders
from wealth.orders.current import CURRENT, CurrentHoldings
from wealth.orders.fund_shares import NAME, FundShares
from wealth.orders.payee import Products
from wealth.orders.services.asking import BUSINESS
from wealth.orders.services.buying import PAYEE, TIME, UNPAID_ORDERS
from wealth.orders.sockets import BOOKINGS
from wealth.orders.statement import Redemptions
from wealth.orders.told import IssuersWord

BOOKS.plug("wealth.orders", books.LINES)
PAYEES.plug(PAYEE, Products())
FUNDING_SOURCES.plug(NAME, FundShares())
TOLD.plug(BUSINESS, IssuersWord())
BOOKINGS.plug(CURRENT, CurrentHoldings())
OBLIGATIONS.plug("wealth.orders", Orders())
EXPORTERS.plug("wealth_orders", Orders())
STATEMENT.plug("wealth_orders", Redemptions())
caps.plug(TIME, UNPAID_ORDERS)
