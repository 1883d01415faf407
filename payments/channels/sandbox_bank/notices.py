"""Notices of the sandbox bank (docs/sandbox-bank.md, section 4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from payments.channels.port import AgreementNotice, Failed, Notice, NoticeRefused, OrderNotice, OrderResult, OtherNotice, Pending, Success
from payments.channels.sandbox_bank import answers, signing
from payments.channels.sandbox_bank.client import Account

ORDERS = frozenset({"payment", "refund", "payout"})
AGREEMENT_ENDED = "agreement.cancelled"


def verify(account: Account, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> None:
    """Signature over the raw body, timestamp within 300 s, our own merchant id. Raises NoticeRefused."""
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        signing.verify(
            headers=lower,
            first="POST",
            second=path,
            body=raw_body,
            merchant=account.merchant,
            bank_public_pem=account.bank_public_key_pem,
            wall=wall,
        )
    except signing.BadSignature as problem:
        raise NoticeRefused(problem.reason) from problem


def read(raw_body: bytes) -> Notice:
    """The notice in a body. Raises NoticeRefused("malformed")."""
    try:
        found = orjson.loads(raw_body)
        if not isinstance(found, dict):
            raise answers.Unreadable("body")
        return understood(found)
    except (orjson.JSONDecodeError, answers.Unreadable) as problem:
        raise NoticeRefused("malformed") from problem


def understood(found: dict[str, Any]) -> Notice:
    event_id, event = answers.text(found, "event_id"), answers.text(found, "event")
    resource = found.get("resource")
    if not isinstance(resource, dict):
        raise answers.Unreadable("resource")
    if found.get("resource_type") in ORDERS:
        number = answers.text(resource, "request_no")
        amount_fen, currency = answers.whole(resource, "amount_fen"), answers.text(resource, "currency")
        return OrderNotice(event_id, event, number, amount_fen, currency, outcome(resource))
    if event == AGREEMENT_ENDED:
        return AgreementNotice(event_id, event, answers.text(resource, "agreement_no"))
    return OtherNotice(event_id, event)


def outcome(resource: dict[str, Any]) -> OrderResult:
    """Raises Unreadable for a status that no notice has."""
    match answers.text(resource, "status"):
        case "SUCCESS" | "RETURNED":
            return Success(answers.order(resource))
        case "FAILED":
            return Failed(answers.text(resource, "code"), decided=True)
        case "PROCESSING":
            return Pending(answers.text(resource, "bank_no"))
    raise answers.Unreadable("status")
