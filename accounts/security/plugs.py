"""What security plugs into limits."""

from accounts.security.passkeys import MOST
from core.limits import sockets as caps

caps.plug(MOST)
