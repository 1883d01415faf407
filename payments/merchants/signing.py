"""Signatures of the merchants' server API, pure: RSA PKCS#1 v1.5 with SHA-256 over lines that each end in a newline.

A request signs METHOD, PATH with its query, TIMESTAMP, NONCE, BODY; an answer or a notice TIMESTAMP, NONCE, BODY.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

SCHEME = "BANYAN-SHA256-RSA2048"
KEY_BITS = 2048
LARGEST_BITS = 8192
EXPONENT = 65537
PEM_LENGTH = 4000
FIELDS = {
    "app_id": r"[0-9a-z_]{1,40}",
    "serial_no": r"[0-9A-F]{40}",
    "nonce_str": r"[0-9A-Za-z_-]{16,64}",
    "timestamp": r"[0-9]{1,12}",
    "signature": r"[0-9A-Za-z+/=]{1,2000}",
}
FIELD = re.compile(r'([a-z_]+)="([^"]*)"')


class BadKey(ValueError):
    """No public key of the wanted kind; `private`: its private half was sent."""

    def __init__(self, *, private: bool = False) -> None:
        self.private = private
        super().__init__("no RSA public key of 2048 bits or more")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the Authorization header of a signed request says."""

    app_id: str
    serial_no: str
    nonce_str: str
    timestamp: str
    signature: str


def parse(header: str) -> Credentials | None:
    """The parts of an Authorization header, each exactly once in any order; None for anything else."""
    scheme, _, rest = header.partition(" ")
    parts = [part.strip() for part in rest.split(",")]
    if scheme != SCHEME or len(parts) != len(FIELDS):
        return None
    found = {match[1]: match[2] for part in parts if (match := FIELD.fullmatch(part))}
    if found.keys() != FIELDS.keys() or not all(re.fullmatch(FIELDS[name], value) for name, value in found.items()):
        return None
    return Credentials(**found)


def text(*lines: str, body: bytes) -> bytes:
    """What is signed."""
    return b"".join(line.encode() + b"\n" for line in lines) + body + b"\n"


def checked_key(pem: str) -> str:
    """A public key in its one normal PEM form. Raises BadKey."""
    if "PRIVATE KEY" in pem:
        raise BadKey(private=True)
    try:
        key = serialization.load_pem_public_key(pem.strip().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm, UnicodeEncodeError) as problem:
        raise BadKey() from problem
    if not isinstance(key, RSAPublicKey) or not KEY_BITS <= key.key_size <= LARGEST_BITS or key.public_numbers().e != EXPONENT:
        raise BadKey()
    return public_pem(key)


def public_pem(key: RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def serial_of(pem: str) -> str:
    """The serial number of a public key: 40 hexadecimal digits of the SHA-256 of its DER form."""
    key = serialization.load_pem_public_key(pem.encode())
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()[:40].upper()


def new_private_pem() -> str:
    """A fresh private key, PKCS#8 PEM without a password (it is stored encrypted)."""
    key = generate_private_key(public_exponent=EXPONENT, key_size=KEY_BITS)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_half(private_pem: str) -> str:
    return public_pem(private_key(private_pem).public_key())


@lru_cache(maxsize=8)
def private_key(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


@lru_cache(maxsize=1024)
def public_key(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)
    return key


def sign(private_pem: str, signed: bytes) -> str:
    """The signature, base64."""
    return base64.b64encode(private_key(private_pem).sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()


def verified(pem: str, signed: bytes, signature: str) -> bool:
    """Whether `signature` (base64) was made over `signed` with the private half of `pem`."""
    try:
        public_key(pem).verify(base64.b64decode(signature, validate=True), signed, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def authorization(*, private_pem: str, serial_no: str, app_id: str, method: str, path: str, timestamp: int, nonce: str, body: bytes) -> str:
    """The Authorization header of a request, as a merchant's program makes it."""
    signature = sign(private_pem, text(method, path, str(timestamp), nonce, body=body))
    parts = {"app_id": app_id, "serial_no": serial_no, "nonce_str": nonce, "timestamp": str(timestamp), "signature": signature}
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())
