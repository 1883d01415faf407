"""What insurance plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cashier.sockets import PAYEES
from payments.wallet.sockets import STATEMENT
from wealth.catalog.sockets import HOLDINGS, KINDS
from wealth.catalog.states import Kind
from wealth.insurance import books
from wealth.insurance.booking import Policies as Bookings
from wealth.insurance.closing import Policies
from wealth.insurance.held import Policies as Holdings
from wealth.insurance.kinds import Insurance
from wealth.insurance.payee import Premiums
from wealth.insurance.services import applying, claiming, collecting, giving_back
from wealth.insurance.statement import Payouts
from wealth.insurance.statement import Premiums as TakenPremiums
from wealth.insurance.told import OfPayouts, OfPremiums
from wealth.issuers.sockets import TOLD
from wealth.orders.sockets import BOOKINGS

BOOKS.plug("wealth.insurance", books.LINES)
KINDS.plug(Kind.INSURANCE.value, Insurance())
BOOKINGS.plug(Kind.INSURANCE.value, Bookings())
HOLDINGS.plug(Kind.INSURANCE.value, Holdings())
PAYEES.plug(collecting.PAYEE, Premiums())
TOLD.plug(collecting.BUSINESS, OfPremiums())
TOLD.plug(giving_back.BUSINESS, OfPayouts())
OBLIGATIONS.plug("wealth.insurance", Policies())
EXPORTERS.plug("wealth_insurance", Policies())
ERASERS.plug("wealth.insurance", Policies())
STATEMENT.plug("insurance_premiums", TakenPremiums())
STATEMENT.plug("insurance_payouts", Payouts())
caps.plug(claiming.MOST_UNDER_WAY, applying.AGAIN)
