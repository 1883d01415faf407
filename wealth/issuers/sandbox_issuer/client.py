"""A signed exchange with the sandbox issuer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.clock import queries as clock
from payments.channels import transport
from wealth.issuers.sandbox_issuer import signing


@dataclass(frozen=True)
class Account:
    """Who we are at the issuer and how long we wait for it. Secrets stay out of the repr."""

    base_url: str
    party: str
    private_key_pem: str = field(repr=False)
    issuer_public_key_pem: str = field(repr=False)
    patience: transport.Patience


def exchange(account: Account, method: str, path: str, content: Mapping[str, Any] | None = None) -> transport.Answer:
    """Send `content` as JSON (nothing for a GET) and verify the answer. Raises NotDelivered, NoAnswer (also for a forged answer)."""
    body = b"" if content is None else orjson.dumps(dict(content))
    wall = clock.wall()
    headers = signing.signed_headers(party=account.party, key_pem=account.private_key_pem, method=method, path=path, body=body, wall=wall)
    address = urlsplit(account.base_url)
    sent = headers | {"Host": address.netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    answer = transport.call(method, account.base_url + path, headers=sent, body=body, patience=account.patience)
    try:
        signing.verify(
            headers=answer.headers,
            status=answer.status,
            nonce=headers["Issuer-Nonce"],
            body=answer.body,
            party=account.party,
            issuer_pem=account.issuer_public_key_pem,
            wall=clock.wall(),
        )
    except signing.BadSignature as problem:
        raise transport.NoAnswer("answer_forged") from problem
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
