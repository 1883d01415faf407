"""What red packets plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from payments.red_packets import books
from payments.red_packets.closing import Packets
from payments.red_packets.services import PURPOSE
from payments.red_packets.statement import RedPackets
from payments.risk.reviewed import NeverWaits
from payments.risk.sockets import REVIEWED
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.red_packets", books.LINES)
OBLIGATIONS.plug("payments.red_packets", Packets())
EXPORTERS.plug("red_packets", Packets())
STATEMENT.plug("red_packets", RedPackets())
REVIEWED.plug(PURPOSE, NeverWaits("payments.redpacket", "rpk", "accounts.customer", "cus"))
