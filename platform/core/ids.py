"""Ids: time-ordered UUIDs (version 7) inside, and a typed text form outside (`pay_06a1...`)."""

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7

from core.errors import NotFound

SHARDS = 64
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
LENGTH = 26


def new_id() -> uuid.UUID:
    """A new time-ordered id."""
    made: uuid.UUID = uuid7()
    return made


def first_id(at: datetime) -> uuid.UUID:
    """The least id a row made at `at` or later can have."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def public_id(prefix: str, row_id: uuid.UUID) -> str:
    """The form shown outside: the type's prefix and 26 letters of Crockford's base 32."""
    number = row_id.int
    letters = []
    for _ in range(LENGTH):
        number, value = divmod(number, 32)
        letters.append(ALPHABET[value])
    return f"{prefix}_{''.join(reversed(letters))}"


def parse_public_id(prefix: str, text: str) -> uuid.UUID:
    """The id behind a public form. Raises NotFound for another prefix or anything that is no such form:
    a malformed id, a foreign id and an unknown id answer alike."""
    head, _, tail = text.rpartition("_")
    if head != prefix or len(tail) != LENGTH or any(letter not in VALUES for letter in tail):
        raise NotFound()
    number = 0
    for letter in tail:
        number = number * 32 + VALUES[letter]
    if number >> 128:
        raise NotFound()
    return uuid.UUID(int=number)


def shard_of(owner: uuid.UUID, shards: int = SHARDS) -> int:
    """The shard of an owner: stable, even, computed from the random tail of the id."""
    return owner.int % shards
