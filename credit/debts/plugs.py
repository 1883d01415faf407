"""What debts plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS
from credit.debts import books
from credit.debts.closing import Debts
from credit.debts.statement import Loans
from payments.wallet.sockets import STATEMENT

BOOKS.plug("credit.debts", books.LINES)
EXPORTERS.plug("credit_debts", Debts())
STATEMENT.plug("credit_debts", Loans())
