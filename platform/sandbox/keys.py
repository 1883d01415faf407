"""RSA keys: the bank's own pair (made at first start) and the merchants' registered public keys, parsed once."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sandbox.wire import Refusal

_BITS = 2048


def own_key(data_dir: Path) -> RSAPrivateKey:
    """The bank's private key, made in `data_dir` (file mode 0600) when it is not there yet."""
    path = data_dir / "bank_key.pem"
    if not path.exists():
        pem = generate_private_key(public_exponent=65537, key_size=_BITS).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = path.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def public_pem(key: RSAPrivateKey) -> str:
    """The public half, PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id(key: RSAPrivateKey) -> str:
    """First 16 hex digits of SHA-256 over the public key's DER."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]


@lru_cache(maxsize=256)
def merchant_key(pem: str) -> RSAPublicKey:
    """A merchant's public key. Raises Refusal INVALID_REQUEST unless it is an RSA key of at least 2048 bits."""
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise Refusal("INVALID_REQUEST", "public_key_pem", "public_key_pem must be a PEM public key (SubjectPublicKeyInfo)") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < _BITS:
        raise Refusal("INVALID_REQUEST", "public_key_pem", f"public_key_pem must be an RSA key of at least {_BITS} bits")
    return key
