"""Signatures of the sandbox issuer: Ed25519 over five lines (docs/sandbox-issuer.md, section 1)."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TOLERANCE_S = 300


class BadSignature(Exception):
    """What came is not signed by the issuer, now, to us."""


def new_key_pem() -> str:
    """A fresh private key, PKCS#8 PEM without a password (it is stored encrypted)."""
    form = serialization.PrivateFormat.PKCS8
    return Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(private_key_pem: str) -> str:
    public = private_key(private_key_pem).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@lru_cache(maxsize=8)
def private_key(pem: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the issuer takes Ed25519 keys only")
    return key


@lru_cache(maxsize=8)
def public_key(pem: str) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the issuer signs with Ed25519 only")
    return key


def base_string(*parts: str, body: bytes) -> bytes:
    return b"".join(part.encode() + b"\n" for part in parts) + body + b"\n"


def signed_headers(*, party: str, key_pem: str, method: str, path: str, body: bytes, wall: datetime) -> dict[str, str]:
    """The four headers of a request; `path` with its query, as on the request line."""
    timestamp, nonce = str(int(wall.timestamp())), secrets.token_urlsafe(18)
    signature = private_key(key_pem).sign(base_string(method, path, timestamp, nonce, body=body))
    return {
        "Issuer-Party": party,
        "Issuer-Timestamp": timestamp,
        "Issuer-Nonce": nonce,
        "Issuer-Signature": base64.b64encode(signature).decode(),
    }


def verify(*, headers: Mapping[str, str], status: int, nonce: str, body: bytes, party: str, issuer_pem: str, wall: datetime) -> None:
    """Check an answer to our `nonce`; `headers` by lower-case name. Raises BadSignature."""
    timestamp, own = headers.get("issuer-timestamp", ""), headers.get("issuer-nonce", "")
    check(issuer_pem, headers.get("issuer-signature", ""), base_string(str(status), nonce, timestamp, own, body=body))
    if not timestamp.isdecimal() or abs(int(timestamp) - wall.timestamp()) > TOLERANCE_S or headers.get("issuer-party") != party:
        raise BadSignature("timestamp or party")


def check(issuer_pem: str, signature: str, message: bytes) -> None:
    """Raises BadSignature unless the base64 `signature` is the issuer's over `message`."""
    try:
        public_key(issuer_pem).verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError) as problem:
        raise BadSignature("signature") from problem
