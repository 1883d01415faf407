"""A key of its own for each owner of personal data: destroying it closes every copy of what it sealed, backups too.

The floor that knows the owners plugs in where their keys lie. A value names its owner in front, so it opens without its row's
other columns. Layout of a sealed value: version, owner (16 bytes), nonce, AES-256-GCM ciphertext with tag.
"""

import os
import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection
from time import monotonic
from typing import Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto.keyring import NONCE_BYTES, CannotDecrypt
from core.sockets import Socket

VERSION = 2
HEAD_BYTES = 17
KEPT_SECONDS = 30
KEPT_KEYS = 4096
SEEN_OWNERS = 200


class KeyDestroyed(CannotDecrypt):
    """The owner has no key any more: what it sealed stays closed for good, and nothing more is sealed for them."""


@runtime_checkable
class OwnerKeys(Protocol):
    """Where the owners' keys lie, wrapped. A key is 32 bytes."""

    def present(self, owners: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
        """The keys of these owners in one query; an owner without one, or whose key is destroyed, is left out."""

    def for_sealing(self, owner: uuid.UUID) -> bytes:
        """The owner's key as it stands in the caller's transaction, made when there never was one. Raises KeyDestroyed."""


OWNER_KEYS: Socket[OwnerKeys] = Socket("core.crypto.owner_keys", OwnerKeys)  # type: ignore[type-abstract]


class OpenedKeys:
    """This process's keys for reading, each for KEPT_SECONDS. Sealing asks the database every time, so that no key of a
    transaction that was rolled back is ever sealed with."""

    def __init__(self) -> None:
        self.kept: OrderedDict[uuid.UUID, tuple[float, bytes]] = OrderedDict()
        self.lock = threading.Lock()
        self.local = threading.local()

    def seen(self, owner: uuid.UUID) -> None:
        """Note whose values were loaded: the first one opened fetches the keys of all of them in one query."""
        owners = self.local.__dict__.setdefault("owners", OrderedDict())
        owners[owner] = None
        owners.move_to_end(owner)
        if len(owners) > SEEN_OWNERS:
            owners.popitem(last=False)

    def get(self, owner: uuid.UUID) -> bytes | None:
        with self.lock:
            kept = self.kept.get(owner)
        return kept[1] if kept and monotonic() - kept[0] < KEPT_SECONDS else None

    def fetch(self, owner: uuid.UUID) -> bytes:
        """Read the owner's key, and those of whoever else was loaded and is not at hand. Raises KeyDestroyed."""
        owners = self.local.__dict__.pop("owners", OrderedDict())
        wanted = {owner, *(other for other in owners if self.get(other) is None)}
        found = keys().present(wanted)
        with self.lock:
            for one, key in found.items():
                self.kept[one] = (monotonic(), key)
                self.kept.move_to_end(one)
            while len(self.kept) > KEPT_KEYS:
                self.kept.popitem(last=False)
        if owner not in found:
            raise KeyDestroyed("the key of this value's owner is destroyed, or never was")
        return found[owner]

    def forget(self, owner: uuid.UUID) -> None:
        with self.lock:
            self.kept.pop(owner, None)

    def forget_all(self) -> None:
        with self.lock:
            self.kept.clear()
        self.local.__dict__.clear()


opened = OpenedKeys()


def keys() -> OwnerKeys:
    return next(iter(OWNER_KEYS))


def owner_of(sealed: bytes) -> uuid.UUID | None:
    """Whose key sealed a value; None for one under a master key."""
    return uuid.UUID(bytes=sealed[1:HEAD_BYTES]) if len(sealed) >= HEAD_BYTES + NONCE_BYTES and sealed[0] == VERSION else None


def seal(plain: bytes, *, owner: uuid.UUID, place: str) -> bytes:
    """Under the owner's key, bound to `place` (table.column.row). Raises KeyDestroyed."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([VERSION]) + owner.bytes + nonce + AESGCM(keys().for_sealing(owner)).encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, *, owner: uuid.UUID, place: str) -> bytes:
    """The plain bytes. A key at hand that does not fit (its transaction was rolled back) is read again once. Raises CannotDecrypt."""
    nonce, closed = sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], sealed[HEAD_BYTES + NONCE_BYTES :]
    at_hand = opened.get(owner)
    if at_hand is not None:
        try:
            return AESGCM(at_hand).decrypt(nonce, closed, place.encode())
        except InvalidTag:
            opened.forget(owner)
    try:
        return AESGCM(opened.fetch(owner)).decrypt(nonce, closed, place.encode())
    except InvalidTag as problem:
        raise CannotDecrypt(f"the value at {place} was changed or belongs elsewhere") from problem
