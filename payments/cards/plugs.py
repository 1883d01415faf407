"""What cards plugs in: it listens for the answers to signings."""

from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from payments.cards import services
from payments.cards.closing import BoundCards, Tries
from payments.cards.rules import BINDINGS
from payments.cards.signings import Bindings, Cards
from payments.channels.sockets import AGREEMENTS, SIGNINGS

SIGNINGS.plug(services.BINDING, Bindings())
SIGNINGS.plug(services.CARD, Cards())
AGREEMENTS.plug(services.CARD, Cards())
OBLIGATIONS.plug("payments.cards", BoundCards())
EXPORTERS.plug("cards", BoundCards())
EXPORTERS.plug("card_bindings", Tries())
ERASERS.plug("payments.cards", BoundCards())
caps.plug(BINDINGS)
