"""Naming accounts: an account's id follows from its owner, name and asset, so nobody has to look it up."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from core.ids import shard_of
from core.money import CNY

PLATFORM_SHARD = 0


@dataclass(frozen=True, slots=True)
class AccountRef:
    """One account, opened or not. `name` begins with a role of the books (`clearing:channel:sandbox_bank`)."""

    id: UUID
    owner: UUID | None
    name: str
    asset: str


def account_id(owner: UUID | None, name: str, asset: str) -> UUID:
    """A version-8 UUID: the first byte is the owner's shard, the rest a digest of owner, name and asset."""
    digest = bytearray(sha256(f"{owner or ''}|{name}|{asset}".encode()).digest()[:16])
    digest[0] = PLATFORM_SHARD if owner is None else shard_of(owner)
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


def owned_account(owner: UUID, name: str, asset: str = CNY.code) -> AccountRef:
    """An account of an owner, `name` in full (`user:balance`)."""
    return AccountRef(account_id(owner, name, asset), owner, name, asset)


def customer_account(customer_id: UUID, kind: str = "balance", asset: str = CNY.code) -> AccountRef:
    """A customer's account of one kind: `user:<kind>`."""
    return owned_account(customer_id, f"user:{kind}", asset)


@lru_cache(maxsize=4096)
def platform_account(name: str, asset: str = CNY.code) -> AccountRef:
    """An account of the platform itself (`income:fee`, `clearing:channel:sandbox_bank`)."""
    return AccountRef(account_id(None, name, asset), None, name, asset)
