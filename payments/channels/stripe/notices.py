"""Stripe's events: believed by the library's check of their signature and by their time, and read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
import stripe

from payments.channels.port import Notice, NoticeRefused, OrderNotice, OrderResult, OtherNotice, Unknown
from payments.channels.stripe import answers
from payments.channels.stripe.client import Account, Document, number

TOLERANCE_S = 300
READERS: dict[str, Callable[[Document], OrderResult]] = {
    "payment_intent.succeeded": answers.payment,
    "payment_intent.processing": answers.payment,
    "payment_intent.canceled": answers.payment,
    "refund.created": answers.refund,
    "refund.updated": answers.refund,
    "refund.failed": answers.refund,
}
"""The events that tell of an order. A payment that failed is not over before it is cancelled."""


def verify(account: Account, *, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> None:
    """Raises NoticeRefused: the signature is not by our endpoint's secret, the event is too old or from the other mode."""
    told = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
    try:
        stripe.WebhookSignature.verify_header(raw_body, told, account.notice_secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as problem:
        raise NoticeRefused("signature") from problem
    if abs(signed_at(told) - wall.timestamp()) > TOLERANCE_S:
        raise NoticeRefused("timestamp")
    if event(raw_body).get("livemode") is not account.live:
        raise NoticeRefused("merchant")


def signed_at(told: str) -> int:
    """The instant a verified signature was made at."""
    return int(next(part[2:] for part in told.split(",") if part.startswith("t=")))


def event(raw_body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw_body)
    except orjson.JSONDecodeError as problem:
        raise NoticeRefused("malformed") from problem
    if not isinstance(found, dict):
        raise NoticeRefused("malformed")
    return found


def read(raw_body: bytes) -> Notice:
    """Raises NoticeRefused("malformed"). What is not of our making, or not the word on an order, is of no use."""
    found = event(raw_body)
    try:
        event_id, kind = answers.text(found, "id"), answers.text(found, "type")
        told = answers.inner(answers.inner(found, "data"), "object")
        reader = READERS.get(kind)
        if reader is None or not number(told):
            return OtherNotice(event_id, kind)
        result = reader(told)
        if isinstance(result, Unknown):
            return OtherNotice(event_id, kind)
        return OrderNotice(event_id, kind, number(told), answers.whole(told, "amount"), answers.text(told, "currency").upper(), result)
    except answers.Unreadable as problem:
        raise NoticeRefused("malformed") from problem
