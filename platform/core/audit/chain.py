"""The arithmetic of the chain: digests of records and hashes of blocks. Pure."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

GENESIS = bytes(32)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(
    *, record_id: uuid.UUID, actor: str, act: str, target: str, reason: str, details: Any, at: datetime, recorded_at: datetime
) -> bytes:
    """SHA-256 over everything a record says, in one canonical form."""
    said = [str(record_id), actor, act, target, reason, details, instant(at), instant(recorded_at)]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()).digest()


def block_hash(*, previous_hash: bytes, number: int, sealed_at: datetime, seals: Iterable[tuple[uuid.UUID, bytes]]) -> bytes:
    """SHA-256 over the previous block's hash, this block's number and time, and each record's id and digest in order."""
    total = sha256(previous_hash + number.to_bytes(8, "big") + instant(sealed_at).encode())
    for record_id, digest in seals:
        total.update(record_id.bytes + digest)
    return total.digest()
