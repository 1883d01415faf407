"""What refunds plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.tallies.sockets import COUNTS
from payments.cashier.story import STORY
from payments.channels.sockets import OUTCOMES
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.refunds import books
from payments.refunds.daily import SOURCE, RefundsOfDay
from payments.refunds.obligations import MerchantRefunds, Refunds
from payments.refunds.outcomes import RefundOutcome
from payments.refunds.services.placing import BUSINESS
from payments.refunds.statement import RefundsOnStatement
from payments.refunds.story import RefundCalls, RefundStory
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.refunds", books.LINES)
OUTCOMES.plug(BUSINESS, RefundOutcome())
OBLIGATIONS.plug("payments.refunds", Refunds())
EXPORTERS.plug("refunds", Refunds())
MERCHANT_OBSTACLES.plug("payments.refunds", MerchantRefunds())
STATEMENT.plug("payments.refunds", RefundsOnStatement())
STORY.plug("payments.refunds", RefundStory())
STORY.plug("payments.refunds.calls", RefundCalls())
COUNTS.plug(SOURCE, RefundsOfDay())
