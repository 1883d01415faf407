"""What the desk plugs into limits."""

from core.desk.customers import REVEALS
from core.limits import sockets as caps

caps.plug(REVEALS)
