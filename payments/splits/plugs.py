"""What splits plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS
from core.limits import sockets as caps
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.refunds.sockets import BEFORE
from payments.splits import books
from payments.splits.obligations import MerchantSplits, Received
from payments.splits.refunds import GivenBackFirst
from payments.splits.services.orders import KEPT
from payments.splits.services.receivers import NAMED
from payments.splits.services.splitting import RECEIVERS
from payments.splits.statement import SplitsOnStatement
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.splits", books.LINES)
MERCHANT_OBSTACLES.plug("payments.splits", MerchantSplits())
EXPORTERS.plug("splits", Received())
BEFORE.plug("payments.splits", GivenBackFirst())
STATEMENT.plug("payments.splits", SplitsOnStatement())
caps.plug(KEPT, NAMED, RECEIVERS)
