"""What identity plugs into the kernel: the customers' data keys, and how often codes are asked for and tried."""

from accounts.identity.caps import CODES, TRIES
from accounts.identity.keys import CustomerKeys
from core.crypto.owner_keys import OWNER_KEYS
from core.limits import sockets as caps

OWNER_KEYS.plug("accounts.identity", CustomerKeys())
caps.plug(*(cap.times for cap in (*CODES.values(), *TRIES.values())))
