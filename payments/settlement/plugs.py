"""What settlement plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from core.tallies.sockets import COUNTS
from payments.cards.sockets import OPEN_USES
from payments.channels.sockets import OUTCOMES
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.settlement import books
from payments.settlement.daily import SOURCE, PayoutsOfDay
from payments.settlement.obligations import CardUse, Settlements
from payments.settlement.outcomes import PayoutOutcome
from payments.settlement.services.paying import BUSINESS

BOOKS.plug("payments.settlement", books.LINES)
OUTCOMES.plug(BUSINESS, PayoutOutcome())
MERCHANT_OBSTACLES.plug("payments.settlement", Settlements())
OPEN_USES.plug("payments.settlement", CardUse())
COUNTS.plug(SOURCE, PayoutsOfDay())
