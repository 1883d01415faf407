"""Blind indexes: a keyed hash that finds an encrypted value by equality without revealing it."""

import hmac

from django.conf import settings


def blind_index(value: str, *, purpose: str) -> bytes:
    """HMAC-SHA256 (32 bytes) of a normalised value under the blind-index key, apart for each `purpose`."""
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), f"{purpose}\x00{value}".encode(), "sha256")
