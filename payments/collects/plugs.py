"""What collects plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.collects import books
from payments.collects.closing import Collects
from payments.collects.services import PHONES, PURPOSE
from payments.collects.statement import Collects as StatementLines
from payments.risk.reviewed import NeverWaits
from payments.risk.sockets import REVIEWED
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.collects", books.LINES)
OBLIGATIONS.plug("payments.collects", Collects())
EXPORTERS.plug("collects", Collects())
STATEMENT.plug("collects", StatementLines())
REVIEWED.plug(PURPOSE, NeverWaits("payments.collect", "clt", "accounts.customer", "cus"))
caps.plug(PHONES)
