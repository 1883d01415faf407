"""What a shown code is made of, and what the text of any code leads to. Pure, but for chance.

A code is 62 and sixteen digits of chance, kept as a keyed hash: one that leaks from the database pays nothing. A code made from a
secret on the phone would need no row until it is used, but that secret would be good for years to whoever copies it, could not be told
apart by session, and single use needs a row all the same; this one dies in a minute and with its session.
"""

import re
import secrets

from core.crypto.blind_index import blind_index

SHAPE = re.compile(r"^62[0-9]{16}\Z")
SCHEME = "banyan://qr/"


def new_code() -> str:
    return f"62{secrets.randbelow(10**16):016d}"


def index_of(code: str) -> bytes:
    """What is kept of a code."""
    return blind_index(code, purpose="payer_code")


def shard_of_index(index: bytes) -> int:
    """Whoever reads a code knows nothing but the code, so its row lives where its hash says."""
    return index[0] % 64


def text_of(public_id: str) -> str:
    """What is drawn as a code."""
    return f"{SCHEME}{public_id}"


def read(text: str) -> str:
    """The id, or the digits, in what was scanned."""
    return text.removeprefix(SCHEME).strip()
