"""A software authenticator: what a phone's secure chip does for WebAuthn, with an EC key in memory."""

import json
import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Authenticator:
    """Signs challenges with ES256, counts its signatures, verifies its user unless told otherwise."""

    def __init__(self, origin: str = "http://127.0.0.1:8000", rp_id: str = "127.0.0.1") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.origin, self.rp_id, self.count, self.flags = origin, rp_id, 0, PRESENT | VERIFIED

    def client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def data(self, extra: bytes = b"", flags: int = 0) -> bytes:
        self.count += 1
        return sha256(self.rp_id.encode()).digest() + bytes([self.flags | flags]) + self.count.to_bytes(4, "big") + extra

    def public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives."""
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": self.data(attested, ATTESTED)})
        response = {"clientDataJSON": text(self.client_data("webauthn.create", options)), "attestationObject": text(attestation)}
        return self.credential(response)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        data, client = self.data(), self.client_data("webauthn.get", options)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        return self.credential(response)

    def credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": text(self.credential_id), "rawId": text(self.credential_id), "type": "public-key", "response": response}
