"""Signatures of the sandbox bank: RSA PKCS#1 v1.5 with SHA-256 over five lines (docs/sandbox-bank.md, section 1)."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

KEY_BITS = 2048
TOLERANCE_S = 300


class BadSignature(Exception):
    """`reason` is signature, timestamp or merchant."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def new_key_pem() -> str:
    """A fresh private key, PKCS#8 PEM without a password (it is stored encrypted)."""
    key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(private_key_pem: str) -> str:
    public = private_key(private_key_pem).public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@lru_cache(maxsize=8)
def private_key(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the bank signs with RSA keys only")
    return key


@lru_cache(maxsize=8)
def public_key(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("the bank signs with RSA keys only")
    return key


def base_string(*parts: str, body: bytes) -> bytes:
    return b"".join(part.encode() + b"\n" for part in parts) + body + b"\n"


def signed_headers(*, merchant: str, key_pem: str, method: str, path: str, body: bytes, wall: datetime) -> dict[str, str]:
    """The four headers of a request; `path` with its query, as on the request line."""
    timestamp, nonce = str(int(wall.timestamp())), secrets.token_urlsafe(18)
    text = base_string(method, path, timestamp, nonce, body=body)
    signature = private_key(key_pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return {
        "Bank-Merchant": merchant,
        "Bank-Timestamp": timestamp,
        "Bank-Nonce": nonce,
        "Bank-Signature": base64.b64encode(signature).decode(),
    }


def verify(
    *, headers: Mapping[str, str], first: str, second: str, body: bytes, merchant: str, bank_public_pem: str, wall: datetime
) -> None:
    """Check what the bank signed: an answer (`first` the status, `second` our nonce) or a notice (POST, path).

    `headers` by lower-case name. Raises BadSignature.
    """
    timestamp, nonce = headers.get("bank-timestamp", ""), headers.get("bank-nonce", "")
    text = base_string(first, second, timestamp, nonce, body=body)
    try:
        signature = base64.b64decode(headers.get("bank-signature", ""), validate=True)
        public_key(bank_public_pem).verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as problem:
        raise BadSignature("signature") from problem
    if not timestamp.isdecimal() or abs(int(timestamp) - wall.timestamp()) > TOLERANCE_S:
        raise BadSignature("timestamp")
    if headers.get("bank-merchant") != merchant:
        raise BadSignature("merchant")
