"""Notices of WeChat Pay: signed like answers, what they tell sealed with our APIv3 key."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from core.money import CNY
from payments.channels.port import Notice, NoticeRefused, OrderNotice, OrderResult, OtherNotice, Unknown
from payments.channels.wechat_v3 import answers, signing
from payments.channels.wechat_v3.client import Account

Document = dict[str, Any]
Reader = tuple[str, str, Callable[[Document], OrderResult]]
KINDS: dict[str, Reader] = {
    "TRANSACTION": ("out_trade_no", "total", answers.trade),
    "REFUND": ("out_refund_no", "refund", answers.refund),
    "MCHTRANSFER": ("out_bill_no", "transfer_amount", answers.transfer),
}
"""By the first word of the event: the field with our number, the one with the amount, and how the rest is read."""
MERCHANT = ("mchid", "mch_id")


def verify(account: Account, *, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> None:
    """Raises NoticeRefused."""
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        signing.verify(headers=lower, body=raw_body, serial=account.public_key_id, public_pem=account.public_key_pem, wall=wall)
    except signing.BadSignature as problem:
        raise NoticeRefused(problem.reason) from problem


def read(account: Account, raw_body: bytes) -> Notice:
    """The notice in a body. Raises NoticeRefused("malformed"), or "merchant" for another's."""
    try:
        found = orjson.loads(raw_body)
        if not isinstance(found, dict):
            raise answers.Unreadable("body")
        event_id, event = answers.text(found, "id"), answers.text(found, "event_type")
        told = opened(account, answers.part(found, "resource"))
        kind = KINDS.get(event.split(".")[0])
        return OtherNotice(event_id, event) if kind is None else understood(account, event_id, event, told, kind)
    except (orjson.JSONDecodeError, answers.Unreadable, signing.Unsealable) as problem:
        raise NoticeRefused("malformed") from problem


def opened(account: Account, resource: Document) -> Document:
    if answers.text(resource, "algorithm") != signing.SEALED_BY:
        raise answers.Unreadable("algorithm")
    told = orjson.loads(
        signing.unseal(
            api_key=account.api_key,
            nonce=answers.text(resource, "nonce"),
            associated=str(resource.get("associated_data") or ""),
            ciphertext=answers.text(resource, "ciphertext"),
        )
    )
    if not isinstance(told, dict):
        raise answers.Unreadable("resource")
    return told


def understood(account: Account, event_id: str, event: str, told: Document, kind: Reader) -> Notice:
    number, amount, reader = kind
    if next((told[name] for name in MERCHANT if name in told), "") != account.merchant:
        raise NoticeRefused("merchant")
    result = reader(told)
    if isinstance(result, Unknown):
        raise answers.Unreadable(event)
    amounts = told.get("amount") if isinstance(told.get("amount"), dict) else told
    assert isinstance(amounts, dict)
    ours = answers.text(told, number)
    request_no = answers.request_no(ours) if reader is answers.transfer else ours
    return OrderNotice(event_id, event, request_no, answers.whole(amounts, amount), str(amounts.get("currency", CNY.code)), result)
