"""Signatures on requests, answers and notices: RSA PKCS#1 v1.5, SHA-256, base64, over five lines."""

import base64
import binascii
import secrets
import threading
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.keys import key_id

FRESH_S = 300


def base_string(first: str, second: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed. Requests and notices: method, path with query; answers: status, nonce of the request."""
    return f"{first}\n{second}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def verifies(key: RSAPublicKey, signature: str, message: bytes) -> bool:
    """Whether the base64 `signature` is `key`'s over `message`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


class Signer:
    """The bank's pen."""

    def __init__(self, key: RSAPrivateKey) -> None:
        """Sign with `key`."""
        self._key = key
        self.key_id = key_id(key)

    def headers(self, merchant: str, first: str, second: str, body: bytes, *, age_s: int = 0, forged: bool = False) -> dict[str, str]:
        """The five Bank-* headers over `body`. `age_s` dates them back; `forged` signs something else."""
        timestamp = str(int(time.time()) - age_s)
        nonce = secrets.token_hex(12)
        message = base_string(first, second, timestamp, nonce, body + b"forged" if forged else body)
        signature = base64.b64encode(self._key.sign(message, PKCS1v15(), SHA256())).decode()
        return {
            "Bank-Merchant": merchant,
            "Bank-Timestamp": timestamp,
            "Bank-Nonce": nonce,
            "Bank-Key-Id": self.key_id,
            "Bank-Signature": signature,
        }


class SeenNonces:
    """Nonces taken in the last 600 s (twice the freshness window, so a replay is either seen here or stale)."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._lock = threading.Lock()
        self._young: set[tuple[str, str]] = set()
        self._old: set[tuple[str, str]] = set()
        self._turned = time.monotonic()

    def take(self, merchant: str, nonce: str) -> bool:
        """Remember a nonce; False when it is known already."""
        with self._lock:
            if time.monotonic() - self._turned > 2 * FRESH_S:
                self._young, self._old = set(), self._young
                self._turned = time.monotonic()
            if (merchant, nonce) in self._young or (merchant, nonce) in self._old:
                return False
            self._young.add((merchant, nonce))
            return True
