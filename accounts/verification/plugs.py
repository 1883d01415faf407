"""What verification plugs into limits."""

from accounts.verification.services import CHECKS
from core.limits import sockets as caps

caps.plug(CHECKS)
