"""What the cashier plugs into other rooms, and its own two sources."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from core.tallies.sockets import COUNTS
from payments.cards.sockets import OPEN_USES
from payments.cashier import balance, books, card
from payments.cashier.daily import SOURCE, OrdersOfDay
from payments.cashier.obligations import CardUse, Orders, Payments
from payments.cashier.outcomes import PaymentOutcome
from payments.cashier.services.orders import MOST_TIME, TIME
from payments.cashier.sockets import BUSINESS, FUNDING_SOURCES
from payments.cashier.statement import OrdersOnStatement
from payments.channels.sockets import OUTCOMES, WANTED
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.risk.reviewed import NeverWaits
from payments.risk.sockets import REVIEWED
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.cashier", books.LINES)
OUTCOMES.plug(BUSINESS, PaymentOutcome())
WANTED.plug(BUSINESS, PaymentOutcome())
OPEN_USES.plug("payments.cashier", CardUse())
OBLIGATIONS.plug("payments.cashier", Payments())
EXPORTERS.plug("payments", Payments())
MERCHANT_OBSTACLES.plug("payments.cashier", Orders())
REVIEWED.plug(BUSINESS, NeverWaits("payments.paymentorder", "ord", "payments.merchant", "mch"))
STATEMENT.plug("payments.cashier", OrdersOnStatement())
FUNDING_SOURCES.plug(balance.NAME, balance.Balance())
FUNDING_SOURCES.plug(card.NAME, card.Cards())
COUNTS.plug(SOURCE, OrdersOfDay())
caps.plug(MOST_TIME, TIME)
