"""What notices plug into limits."""

from core.limits import sockets as caps
from payments.notices.states import RESENDS

caps.plug(RESENDS)
