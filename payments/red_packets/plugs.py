"""What red packets plug into other rooms."""

from accounts.ledger.sockets import BOOKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from payments.red_packets import books
from payments.red_packets.closing import Packets
from payments.red_packets.statement import RedPackets
from payments.wallet.sockets import STATEMENT

BOOKS.plug("payments.red_packets", books.LINES)
OBLIGATIONS.plug("payments.red_packets", Packets())
EXPORTERS.plug("red_packets", Packets())
STATEMENT.plug("red_packets", RedPackets())
