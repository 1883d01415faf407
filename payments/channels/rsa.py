"""RSA signatures (PKCS#1 v1.5 with SHA-256) as text, and reading keys that people paste. Pure."""

import base64
import binascii
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

LEAST_BITS = 2048
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
ARMOUR = "-----BEGIN "


class BadKey(ValueError):
    """Not a PEM of an RSA key of at least 2048 bits."""


@lru_cache(maxsize=16)
def private_key(pem: str) -> RSAPrivateKey:
    """Raises BadKey."""
    try:
        text = pem.strip()
        load = serialization.load_pem_private_key if text.startswith(ARMOUR) else serialization.load_der_private_key
        key = load(text.encode() if text.startswith(ARMOUR) else der(text), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise BadKey("private") from problem
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise BadKey("private")
    return key


@lru_cache(maxsize=16)
def public_key(pem: str) -> RSAPublicKey:
    """The key of a public key's PEM or of a certificate's. Raises BadKey."""
    try:
        key = published(pem.strip())
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise BadKey("public") from problem
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise BadKey("public")
    return key


def published(text: str) -> object:
    if text.startswith(CERTIFICATE):
        return x509.load_pem_x509_certificate(text.encode()).public_key()
    return serialization.load_pem_public_key(text.encode()) if text.startswith(ARMOUR) else serialization.load_der_public_key(der(text))


def der(pem: str) -> bytes:
    """The bare base64 that some consoles show. Raises ValueError."""
    return base64.b64decode("".join(pem.split()), validate=True)


def private_pem(pem: str) -> str:
    """The key as PKCS#8 PEM without a password. Raises BadKey."""
    form = serialization.PrivateFormat.PKCS8
    return private_key(pem).private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(key: RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def sign(pem: str, text: bytes) -> str:
    return base64.b64encode(private_key(pem).sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def signed_by(pem: str, text: bytes, signature: str) -> bool:
    """Whether `signature` (base64) of `text` was made with the key whose public half is in `pem`."""
    try:
        public_key(pem).verify(base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
