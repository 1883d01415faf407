"""What disputes plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cashier.story import STORY
from payments.disputes import books
from payments.disputes.obligations import Disputes, MerchantDisputes, NoRefund
from payments.disputes.services.answering import FILES
from payments.disputes.story import DisputeStory
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.refunds.sockets import OBSTACLES

BOOKS.plug("payments.disputes", books.LINES)
OBLIGATIONS.plug("payments.disputes", Disputes())
EXPORTERS.plug("disputes", Disputes())
MERCHANT_OBSTACLES.plug("payments.disputes", MerchantDisputes())
OBSTACLES.plug("payments.disputes", NoRefund())
STORY.plug("payments.disputes", DisputeStory())
caps.plug(FILES)
