"""The secret in a red packet's link: who holds it may look and take, who does not cannot guess it.

It is not kept anywhere: it is the packet's id with a keyed hash of it (HMAC-SHA256, 128 bits of it), so neither the database nor a copy
of it holds what opens a packet, and the sender can be told it again whenever they ask.
"""

import hmac
import uuid

from core.crypto.blind_index import blind_index
from core.errors import NotFound
from core.ids import LENGTH, parse_public_id, public_id

PURPOSE = "red-packet-link"
PREFIX = "rpl"
SIZE = len(PREFIX) + 1 + 2 * LENGTH


def token(packet_id: uuid.UUID) -> str:
    """What the link of a packet carries."""
    return public_id(PREFIX, packet_id) + seal(packet_id)


def packet_of(text: str) -> uuid.UUID:
    """The packet a token opens. Raises NotFound for anything that is no token of ours."""
    packet_id = parse_public_id(PREFIX, text[:-LENGTH])
    if not hmac.compare_digest(text[-LENGTH:].encode(), seal(packet_id).encode()):
        raise NotFound()
    return packet_id


def seal(packet_id: uuid.UUID) -> str:
    digest = blind_index(packet_id.hex, purpose=PURPOSE)
    return public_id("", uuid.UUID(bytes=digest[:16])).removeprefix("_")
