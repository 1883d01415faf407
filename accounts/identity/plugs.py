"""What identity plugs into the kernel: the customers' data keys."""

from accounts.identity.keys import CustomerKeys
from core.crypto.owner_keys import OWNER_KEYS

OWNER_KEYS.plug("accounts.identity", CustomerKeys())
