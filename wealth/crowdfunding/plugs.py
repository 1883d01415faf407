"""What crowdfunding plugs into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from payments.wallet.sockets import STATEMENT
from wealth.catalog.sockets import KINDS
from wealth.catalog.states import Kind
from wealth.crowdfunding import books
from wealth.crowdfunding.booking import Pledges
from wealth.crowdfunding.closing import Campaigns
from wealth.crowdfunding.kinds import Campaigns as Catalogued
from wealth.crowdfunding.statement import Milestones
from wealth.orders.sockets import BOOKINGS

BOOKS.plug("wealth.crowdfunding", books.LINES)
KINDS.plug(Kind.CROWDFUNDING.value, Catalogued())
BOOKINGS.plug(Kind.CROWDFUNDING.value, Pledges())
OBLIGATIONS.plug("wealth.crowdfunding", Campaigns())
EXPORTERS.plug("wealth_crowdfunding", Campaigns())
STATEMENT.plug("campaigns", Milestones())
