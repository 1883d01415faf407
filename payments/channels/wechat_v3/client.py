"""A signed exchange with WeChat Pay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.clock import queries as clock
from payments.channels import transport
from payments.channels.wechat_v3 import signing

AGENT = "Banyan"


@dataclass(frozen=True)
class Account:
    """Who we are at WeChat Pay and how long we wait for it. Secrets stay out of the repr."""

    base_url: str
    merchant: str
    app_id: str
    serial: str
    private_key_pem: str = field(repr=False)
    api_key: str = field(repr=False)
    public_key_id: str
    public_key_pem: str = field(repr=False)
    notify_url: str
    payout_scene: str
    payout_report: Mapping[str, str]
    patience: transport.Patience


class Forged(transport.NoAnswer):
    """The answer is not signed by WeChat Pay: whoever wrote it, it says nothing about the outcome."""


def exchange(account: Account, method: str, path: str, content: Mapping[str, Any] | None = None) -> transport.Answer:
    """Send `content` as JSON (nothing for a GET) and verify the answer. Raises NotDelivered, NoAnswer, Forged."""
    answer = sent(account, method, path, b"" if content is None else orjson.dumps(dict(content)))
    try:
        signing.verify(
            headers=answer.headers, body=answer.body, serial=account.public_key_id, public_pem=account.public_key_pem, wall=clock.wall()
        )
    except signing.BadSignature as problem:
        raise Forged("answer_forged") from problem
    return answer


def sent(account: Account, method: str, path: str, body: bytes = b"") -> transport.Answer:
    """One exchange whose answer is not verified: a bill comes unsigned, its digest was told in a signed answer."""
    headers = {
        "Host": urlsplit(account.base_url).netloc,
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": AGENT,
        "Wechatpay-Serial": account.public_key_id,
        "Authorization": signing.authorization(
            merchant=account.merchant,
            serial=account.serial,
            key_pem=account.private_key_pem,
            method=method,
            path=path,
            body=body,
            wall=clock.wall(),
        ),
    }
    return transport.call(method, account.base_url + path, headers=headers, body=body, patience=account.patience)


def document(answer: transport.Answer) -> dict[str, Any]:
    """The JSON object of an answer, empty for an answer without a body. Raises NoAnswer when it is none."""
    if not answer.body:
        return {}
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as problem:
        raise transport.NoAnswer("answer_malformed") from problem
    if not isinstance(found, dict):
        raise transport.NoAnswer("answer_malformed")
    return found
