"""Signatures and sealed texts of WeChat Pay API v3 (pay.weixin.qq.com, "signature generation", "signature verification", "decrypting
certificates and notices"). Pure."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.channels import rsa

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SEALED_BY = "AEAD_AES_256_GCM"
TOLERANCE_S = 300
HEADERS = ("wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature")


class BadSignature(Exception):
    """`reason` is signature or timestamp."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Unsealable(ValueError):
    """A sealed text that our APIv3 key does not open."""


def lines(*parts: str) -> bytes:
    """Every part with a line feed behind it, the last one too."""
    return "".join(part + "\n" for part in parts).encode()


def nonce() -> str:
    return secrets.token_hex(16)


def authorization(*, merchant: str, serial: str, key_pem: str, method: str, path: str, body: bytes, wall: datetime) -> str:
    """The Authorization header; `path` with its query, as on the request line."""
    stamp, once = str(int(wall.timestamp())), nonce()
    signature = rsa.sign(key_pem, lines(method, path, stamp, once) + body + b"\n")
    fields = {"mchid": merchant, "nonce_str": once, "signature": signature, "timestamp": stamp, "serial_no": serial}
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def verify(*, headers: Mapping[str, str], body: bytes, serial: str, public_pem: str, wall: datetime) -> None:
    """Check an answer or a notice: timestamp, nonce and body, by the key that `serial` names. `headers` by lower-case name.

    Raises BadSignature.
    """
    stamp, once, named, signature = (headers.get(name, "") for name in HEADERS)
    if named != serial or not rsa.signed_by(public_pem, lines(stamp, once) + body + b"\n", signature):
        raise BadSignature("signature")
    if not stamp.isdecimal() or abs(int(stamp) - wall.timestamp()) > TOLERANCE_S:
        raise BadSignature("timestamp")


def unseal(*, api_key: str, nonce: str, associated: str, ciphertext: str) -> bytes:
    """Open a notice's resource. Raises Unsealable."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(api_key.encode()).decrypt(nonce.encode(), sealed, associated.encode())
    except (binascii.Error, InvalidTag, ValueError) as problem:
        raise Unsealable("resource") from problem


def for_page(*, app_id: str, prepay_id: str, key_pem: str, wall: datetime) -> str:
    """What a page or a mini program hands to the WeChat client to take up a prepay order, as a query string."""
    stamp, once, package = str(int(wall.timestamp())), nonce(), f"prepay_id={prepay_id}"
    signed = rsa.sign(key_pem, lines(app_id, stamp, once, package))
    return urlencode({"appId": app_id, "timeStamp": stamp, "nonceStr": once, "package": package, "signType": "RSA", "paySign": signed})


def for_app(*, app_id: str, merchant: str, prepay_id: str, key_pem: str, wall: datetime) -> str:
    """What an app hands to the WeChat SDK to take up a prepay order, as a query string."""
    stamp, once = str(int(wall.timestamp())), nonce()
    signed = rsa.sign(key_pem, lines(app_id, stamp, once, prepay_id))
    fields = {"appid": app_id, "partnerid": merchant, "prepayid": prepay_id, "package": "Sign=WXPay", "noncestr": once, "timestamp": stamp}
    return urlencode(fields | {"sign": signed})
