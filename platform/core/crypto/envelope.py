"""A closed value: under its owner's key, or under the master keys for what has no owner. Its first byte says which."""

import uuid

from core.crypto import keyring, owner_keys


def close(plain: bytes, *, place: str, owner: uuid.UUID | None = None) -> bytes:
    """Closed for `place` (table.column.row). An owner's empty value stays empty: it needs no key and outlives it.

    Raises KeyDestroyed.
    """
    if owner is None:
        return keyring.encrypt(plain, place=place)
    return owner_keys.seal(plain, owner=owner, place=place) if plain else b""


def open_value(closed: bytes, *, place: str) -> bytes:
    """The plain bytes. Raises CannotDecrypt, KeyDestroyed."""
    if not closed:
        return b""
    owner = owner_keys.owner_of(closed)
    return keyring.decrypt(closed, place=place) if owner is None else owner_keys.unseal(closed, owner=owner, place=place)
