"""What the wallet plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cards.sockets import OPEN_USES
from payments.channels.sockets import OUTCOMES
from payments.risk.reviewed import NeverWaits
from payments.risk.sockets import REVIEWED
from payments.wallet import books
from payments.wallet.closing import Orders
from payments.wallet.obligations import CardUse
from payments.wallet.outcomes import TopUpOutcome, WithdrawalOutcome
from payments.wallet.reviewed import TransferReviewed, WithdrawalReviewed
from payments.wallet.services.payees import CUSTOMER, INSTALLATION
from payments.wallet.sockets import STATEMENT
from payments.wallet.sources import TopUps, Transfers, Withdrawals

BOOKS.plug("payments.wallet", books.LINES)
OPEN_USES.plug("payments.wallet", CardUse())
OUTCOMES.plug("top_up", TopUpOutcome())
OUTCOMES.plug("withdrawal", WithdrawalOutcome())
REVIEWED.plug("top_up", NeverWaits("payments.topup", "top", "payments.card", "crd"))
REVIEWED.plug("transfer", TransferReviewed())
REVIEWED.plug("withdrawal", WithdrawalReviewed())
OBLIGATIONS.plug("payments.wallet", Orders())
EXPORTERS.plug("wallet", Orders())
STATEMENT.plug("top_ups", TopUps())
STATEMENT.plug("withdrawals", Withdrawals())
STATEMENT.plug("transfers", Transfers())
caps.plug(CUSTOMER.lookups, CUSTOMER.misses, INSTALLATION.lookups, INSTALLATION.misses)
