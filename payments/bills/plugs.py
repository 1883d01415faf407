"""What bills plug into other rooms, and, in development, the sandbox's billers."""

from django.conf import settings

from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.bills.closing import Bills, NotYetRefundable
from payments.bills.sandbox import NAME, SandboxBillers
from payments.bills.services import ACCOUNTS, LOOKS, TIME
from payments.bills.sockets import BILLERS
from payments.refunds.sockets import OBSTACLES

OBLIGATIONS.plug("payments.bills", Bills())
EXPORTERS.plug("bills", Bills())
ERASERS.plug("payments.bills", Bills())
OBSTACLES.plug("payments.bills", NotYetRefundable())
caps.plug(ACCOUNTS, LOOKS, TIME)
if settings.SANDBOX_BANK_URL:
    BILLERS.plug(NAME, SandboxBillers())
