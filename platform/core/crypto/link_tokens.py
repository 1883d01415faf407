"""Secrets in links that open one row to whoever holds them: derived, so nowhere kept."""

import hmac
import uuid

from core.crypto.blind_index import blind_index
from core.errors import NotFound
from core.ids import LENGTH, parse_public_id, public_id


class LinkTokens:
    """The tokens of one kind of row: its id with 128 bits of a keyed hash of it (HMAC-SHA256).

    Neither the database nor a copy of it holds what opens a row, nobody guesses it, and its owner can be told it again at any time.
    """

    def __init__(self, prefix: str, *, purpose: str) -> None:
        self.prefix = prefix
        self.purpose = purpose
        self.size = len(prefix) + 1 + 2 * LENGTH

    def token(self, row_id: uuid.UUID) -> str:
        return public_id(self.prefix, row_id) + self.seal(row_id)

    def row_of(self, token: str) -> uuid.UUID:
        """The row a token opens. Raises NotFound for anything that is no token of this kind."""
        row_id = parse_public_id(self.prefix, token[:-LENGTH])
        if not hmac.compare_digest(token[-LENGTH:].encode(), self.seal(row_id).encode()):
            raise NotFound()
        return row_id

    def seal(self, row_id: uuid.UUID) -> str:
        digest = blind_index(row_id.hex, purpose=self.purpose)
        return public_id("", uuid.UUID(bytes=digest[:16])).removeprefix("_")
