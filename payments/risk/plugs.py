"""What risk plugs into privacy."""

from accounts.privacy.sockets import ERASERS, EXPORTERS
from payments.risk.privacy import Habits

EXPORTERS.plug("risk", Habits())
ERASERS.plug("payments.risk", Habits())
