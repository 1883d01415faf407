"""Ed25519: the issuer's own key (made at its first start), its pen, and the parties' public keys."""

import base64
import binascii
import hashlib
import os
import secrets
import time
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sandbox.signing import base_string
from sandbox.wire import Refusal


def own_key(data_dir: Path) -> Ed25519PrivateKey:
    """The issuer's private key, made in `data_dir` (file mode 0600) when it is not there yet."""
    path = data_dir / "issuer_key.pem"
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = path.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


@lru_cache(maxsize=256)
def party_key(pem: str) -> Ed25519PublicKey:
    """A party's public key. Raises Refusal INVALID_REQUEST unless it is an Ed25519 key."""
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise Refusal("INVALID_REQUEST", "public_key_pem", "public_key_pem must be a PEM public key (SubjectPublicKeyInfo)") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Refusal("INVALID_REQUEST", "public_key_pem", "public_key_pem must be an Ed25519 key")
    return key


def verifies(key: Ed25519PublicKey, signature: str, message: bytes) -> bool:
    """Whether the base64 `signature` is `key`'s over `message`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


class Pen:
    """What the issuer signs with."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Sign with `key`."""
        self._key = key
        public = key.public_key()
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.key_id = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:16]

    def sign(self, message: bytes) -> str:
        """Base64 of the signature over `message`."""
        return base64.b64encode(self._key.sign(message)).decode()

    def headers(self, party: str, status: str, nonce: str, body: bytes, *, forged: bool = False) -> dict[str, str]:
        """The five Issuer-* headers of an answer. `forged` signs something else."""
        timestamp = str(int(time.time()))
        message = base_string(status, nonce, timestamp, own := secrets.token_hex(12), body + b"forged" if forged else body)
        return {
            "Issuer-Party": party,
            "Issuer-Timestamp": timestamp,
            "Issuer-Nonce": own,
            "Issuer-Key-Id": self.key_id,
            "Issuer-Signature": self.sign(message),
        }
