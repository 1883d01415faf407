"""What external wallets plug into the cashier, and their caps."""

from core.limits import sockets as caps
from payments.cashier.sockets import FUNDING_SOURCES
from payments.external_wallets.wallets import DAY, NAME, SINGLE, ExternalWallets

FUNDING_SOURCES.plug(NAME, ExternalWallets())
caps.plug(SINGLE, DAY)
