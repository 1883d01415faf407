"""What risk plugs into privacy."""

from accounts.privacy.sockets import ERASERS, EXPORTERS
from core.limits import sockets as caps
from payments.risk.privacy import Habits
from payments.risk.services.deciding import KEPT

EXPORTERS.plug("risk", Habits())
ERASERS.plug("payments.risk", Habits())
caps.plug(KEPT)
