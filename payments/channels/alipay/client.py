"""A signed exchange with Alipay's gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from core.clock import queries as clock
from payments.channels import rsa, transport
from payments.channels.alipay import signing

SHANGHAI = timezone(timedelta(hours=8))
WHEN = "%Y-%m-%d %H:%M:%S"
OK = 200
FORM = "application/x-www-form-urlencoded;charset=utf-8"
Document = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """Who we are at Alipay and how long we wait for it. With `app_serial` we sign in certificate mode. Secrets stay out of the repr."""

    gateway_url: str
    bill_url: str
    merchant: str
    app_id: str
    private_key_pem: str = field(repr=False)
    public_key_pem: str = field(repr=False)
    app_serial: str
    root_serial: str
    public_serial: str
    notify_url: str
    patience: transport.Patience


class Forged(transport.NoAnswer):
    """The answer is not signed by Alipay: whoever wrote it, it says nothing about the outcome."""


def exchange(account: Account, method: str, content: Mapping[str, Any], *, notified: bool = False) -> Document:
    """Call one method of the API and give its node, verified on its raw text. `notified`: Alipay tells us what becomes of it.

    Raises NotDelivered, NoAnswer, Forged.
    """
    fields = {
        "app_id": account.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": signing.SIGN_TYPE,
        "timestamp": clock.wall().astimezone(SHANGHAI).strftime(WHEN),
        "version": "1.0",
        "app_cert_sn": account.app_serial,
        "alipay_root_cert_sn": account.root_serial,
        "notify_url": account.notify_url if notified else "",
        "biz_content": orjson.dumps(dict(content)).decode(),
    }
    sent = {name: value for name, value in fields.items() if value}
    sent["sign"] = rsa.sign(account.private_key_pem, signing.base_string(sent))
    body = urlencode(sent).encode()
    headers = {"Host": urlsplit(account.gateway_url).netloc, "Content-Type": FORM, "Content-Length": str(len(body))}
    url = f"{account.gateway_url}?charset=utf-8"
    answer = transport.call("POST", url, headers=headers, body=body, patience=account.patience)
    if answer.status != OK:
        raise transport.NoAnswer(f"http_{answer.status}")
    return believed(account, method, answer.body)


def believed(account: Account, method: str, body: bytes) -> Document:
    """Raises NoAnswer, Forged."""
    try:
        nodes = signing.nodes(body.decode("utf-8"))
        raw = nodes.get(f"{method.replace('.', '_')}_response") or nodes["error_response"]
        signature, serial = signing.value(nodes.get("sign", '""')), signing.value(nodes.get("alipay_cert_sn", '""'))
        found = signing.value(raw)
    except (UnicodeDecodeError, signing.Unreadable, KeyError) as problem:
        raise transport.NoAnswer("answer_malformed") from problem
    if account.app_serial and serial != account.public_serial:
        raise Forged("answer_forged")
    if not rsa.signed_by(account.public_key_pem, raw.encode(), str(signature)):
        raise Forged("answer_forged")
    if not isinstance(found, dict):
        raise transport.NoAnswer("answer_malformed")
    return found


def download(account: Account, path: str) -> transport.Answer:
    """A file from where bills lie; it comes unsigned, over TLS alone. Raises NotDelivered, NoAnswer."""
    headers = {"Host": urlsplit(account.bill_url).netloc}
    return transport.call("GET", account.bill_url + path, headers=headers, body=b"", patience=account.patience)
