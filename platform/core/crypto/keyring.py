"""The keys of field encryption: FIELD_KEYS is `id:base64,id:base64,...`, newest first; old ones stay for reading."""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = 1


class CannotDecrypt(ValueError):
    """The ciphertext was written with an unknown key, for another place, or was changed."""


@lru_cache(maxsize=4)
def keyring(spec: str) -> dict[str, AESGCM]:
    """Key id to cipher, in the order given. Raises ImproperlyConfigured for a key that is not 32 bytes."""
    ring = {}
    for part in spec.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as problem:
            raise ImproperlyConfigured(f"FIELD_KEYS: key {key_id!r} is not base64") from problem
        if len(key) != KEY_BYTES or not key_id or len(key_id) > 255:
            raise ImproperlyConfigured(f"FIELD_KEYS: key {key_id!r} must be 32 bytes in base64, with an id")
        ring[key_id] = AESGCM(key)
    return ring


def encrypt(plain: bytes, *, place: str) -> bytes:
    """AES-256-GCM under the newest key. `place` (table.column.row) is bound as associated data, so a ciphertext moved
    to another row or column does not open. Layout: version, length of key id, key id, nonce, ciphertext with tag."""
    ring = keyring(settings.FIELD_KEYS)
    key_id = next(iter(ring))
    nonce = os.urandom(NONCE_BYTES)
    sealed = ring[key_id].encrypt(nonce, plain, place.encode())
    name = key_id.encode()
    return bytes([VERSION, len(name)]) + name + nonce + sealed


def decrypt(sealed: bytes, *, place: str) -> bytes:
    """The plain bytes. Raises CannotDecrypt."""
    ring = keyring(settings.FIELD_KEYS)
    key_id = key_id_of(sealed)
    start = 2 + len(key_id.encode())
    if key_id not in ring:
        raise CannotDecrypt(f"no key {key_id!r} in FIELD_KEYS")
    try:
        return ring[key_id].decrypt(sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :], place.encode())
    except InvalidTag as problem:
        raise CannotDecrypt(f"the value at {place} was changed or belongs elsewhere") from problem


def key_id_of(sealed: bytes) -> str:
    """Which key wrote a ciphertext. Raises CannotDecrypt when it is no ciphertext of ours."""
    if len(sealed) < 2 or sealed[0] != VERSION or len(sealed) < 2 + sealed[1] + NONCE_BYTES:
        raise CannotDecrypt("not a ciphertext of this system")
    return sealed[2 : 2 + sealed[1]].decode()


def newest_key_id() -> str:
    return next(iter(keyring(settings.FIELD_KEYS)))
