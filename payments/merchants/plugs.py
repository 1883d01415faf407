"""What merchants plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cards.sockets import OPEN_USES
from payments.merchants import books
from payments.merchants.owners import CardUse, OwnersMerchants
from payments.merchants.services.applications import APPLICATIONS
from payments.merchants.services.apps import APPS
from payments.merchants.services.stores import STORES

BOOKS.plug("payments.merchants", books.LINES)
OPEN_USES.plug("payments.merchants", CardUse())
OBLIGATIONS.plug("payments.merchants", OwnersMerchants())
EXPORTERS.plug("merchants", OwnersMerchants())
ERASERS.plug("payments.merchants", OwnersMerchants())
caps.plug(APPLICATIONS, APPS, STORES)
