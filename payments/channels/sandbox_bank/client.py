"""A signed exchange with the sandbox bank."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.clock import queries as clock
from payments.channels import transport
from payments.channels.sandbox_bank import signing


@dataclass(frozen=True)
class Account:
    """Who we are at the bank and how long we wait for it. Secrets stay out of the repr."""

    base_url: str
    merchant: str
    private_key_pem: str = field(repr=False)
    bank_public_key_pem: str = field(repr=False)
    patience: transport.Patience


class Forged(transport.NoAnswer):
    """The answer's signature is not the bank's: whoever wrote it, it says nothing about the outcome."""


def exchange(account: Account, method: str, path: str, content: Mapping[str, Any] | None = None) -> transport.Answer:
    """Send `content` as JSON (nothing for a GET) and verify the answer. Raises NotDelivered, NoAnswer, Forged."""
    body = b"" if content is None else orjson.dumps(dict(content))
    headers = signing.signed_headers(
        merchant=account.merchant, key_pem=account.private_key_pem, method=method, path=path, body=body, wall=clock.wall()
    )
    address = urlsplit(account.base_url)
    sent = headers | {"Host": address.netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    answer = transport.call(method, account.base_url + path, headers=sent, body=body, patience=account.patience)
    try:
        signing.verify(
            headers=answer.headers,
            first=str(answer.status),
            second=headers["Bank-Nonce"],
            body=answer.body,
            merchant=account.merchant,
            bank_public_pem=account.bank_public_key_pem,
            wall=clock.wall(),
        )
    except signing.BadSignature as problem:
        raise Forged("answer_forged") from problem
    return answer


def document(answer: transport.Answer) -> dict[str, Any]:
    """The JSON object of an answer. Raises NoAnswer when it is none."""
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as problem:
        raise transport.NoAnswer("answer_malformed") from problem
    if not isinstance(found, dict):
        raise transport.NoAnswer("answer_malformed")
    return found
