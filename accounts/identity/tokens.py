"""Opaque tokens: the ids that find a row, 32 random bytes that prove the holder, and only their SHA-256 at rest."""

import base64
import binascii
import hmac
import os
import uuid
from dataclasses import dataclass
from hashlib import sha256

SECRET_BYTES = 32
ID_BYTES = 16
ACCESS = "bya_"
REFRESH = "byr_"


@dataclass(frozen=True)
class Token:
    """A token taken apart. The owner's id comes first so that one machine of many can answer for it."""

    customer_id: uuid.UUID
    row_id: uuid.UUID
    secret: bytes

    @property
    def digest(self) -> bytes:
        return sha256(self.secret).digest()

    def text(self, kind: str) -> str:
        raw = self.customer_id.bytes + self.row_id.bytes + self.secret
        return kind + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def opens(self, digest: bytes | memoryview) -> bool:
        """Whether the kept digest is this token's, compared in constant time."""
        return hmac.compare_digest(self.digest, bytes(digest))


def new_token(customer_id: uuid.UUID, row_id: uuid.UUID) -> Token:
    return Token(customer_id, row_id, os.urandom(SECRET_BYTES))


def read_token(text: str, kind: str) -> Token | None:
    """The parts of a token of this kind, or None for anything else."""
    head, body = text[: len(kind)], text[len(kind) :]
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        return None
    if head != kind or len(raw) != 2 * ID_BYTES + SECRET_BYTES:
        return None
    return Token(uuid.UUID(bytes=raw[:ID_BYTES]), uuid.UUID(bytes=raw[ID_BYTES : 2 * ID_BYTES]), raw[2 * ID_BYTES :])
