"""What merchants plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from payments.cards.sockets import OPEN_USES
from payments.merchants import books
from payments.merchants.owners import CardUse, OwnersMerchants

BOOKS.plug("payments.merchants", books.LINES)
OPEN_USES.plug("payments.merchants", CardUse())
OBLIGATIONS.plug("payments.merchants", OwnersMerchants())
EXPORTERS.plug("merchants", OwnersMerchants())
ERASERS.plug("payments.merchants", OwnersMerchants())
