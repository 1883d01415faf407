"""What agreements plug into other rooms."""

from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from payments.agreements.closing import Agreements, CardUse, Deductions
from payments.cards.sockets import OPEN_USES
from payments.merchants.sockets import MERCHANT_OBSTACLES

OPEN_USES.plug("payments.agreements", CardUse())
OBLIGATIONS.plug("payments.agreements", Agreements())
EXPORTERS.plug("agreements", Agreements())
MERCHANT_OBSTACLES.plug("payments.agreements", Deductions())
