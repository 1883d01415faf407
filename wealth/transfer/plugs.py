"""What transfers plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as limits
from payments.cashier.sockets import PAYEES
from payments.wallet.sockets import STATEMENT
from wealth.transfer import books, caps
from wealth.transfer.closing import Sold, Transfers
from wealth.transfer.payee import Transfers as Payee
from wealth.transfer.services.buying import PAYEE

BOOKS.plug("wealth.transfer", books.LINES)
PAYEES.plug(PAYEE, Payee())
OBLIGATIONS.plug("wealth.transfer", Transfers())
EXPORTERS.plug("wealth_transfers", Transfers())
STATEMENT.plug("wealth_transfers", Sold())
limits.plug(*caps.ALL)
