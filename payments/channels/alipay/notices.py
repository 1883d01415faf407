"""Notices of Alipay: form fields, signed over all but the signature and its kind."""

from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl

from core.money import CNY
from payments.channels import rsa
from payments.channels.alipay import answers, signing
from payments.channels.alipay.client import SHANGHAI, WHEN, Account
from payments.channels.port import Notice, NoticeRefused, OrderNotice, OtherNotice

TRADE = "trade_status_sync"
TOLERANCE_S = 300
MAX_FIELDS = 100
LONGEST_ID = 64


def fields(raw_body: bytes) -> dict[str, str]:
    """Raises NoticeRefused("malformed"), also for a field that comes twice."""
    try:
        pairs = parse_qsl(raw_body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as problem:
        raise NoticeRefused("malformed") from problem
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoticeRefused("malformed")
    return found


def verify(account: Account, *, raw_body: bytes, wall: datetime) -> None:
    """Raises NoticeRefused."""
    found = fields(raw_body)
    text = signing.base_string(found, signing.UNSIGNED_IN_NOTICES)
    if found.get("sign_type") != signing.SIGN_TYPE or not rsa.signed_by(account.public_key_pem, text, found.get("sign", "")):
        raise NoticeRefused("signature")
    try:
        sent_at = datetime.strptime(found.get("notify_time", ""), WHEN).replace(tzinfo=SHANGHAI)
    except ValueError as problem:
        raise NoticeRefused("timestamp") from problem
    if abs((sent_at - wall).total_seconds()) > TOLERANCE_S:
        raise NoticeRefused("timestamp")
    if found.get("app_id") != account.app_id or found.get("seller_id", account.merchant) != account.merchant:
        raise NoticeRefused("merchant")


def read(raw_body: bytes) -> Notice:
    """Raises NoticeRefused("malformed")."""
    found = fields(raw_body)
    try:
        event_id, kind = short(answers.text(found, "notify_id")), answers.text(found, "notify_type")
        if kind != TRADE:
            return OtherNotice(event_id, kind)
        result = answers.trade(found, paid_at="gmt_payment")
        event = answers.text(found, "trade_status")
        return OrderNotice(event_id, event, answers.text(found, "out_trade_no"), answers.fen(found, "total_amount"), CNY.code, result)
    except answers.Unreadable as problem:
        raise NoticeRefused("malformed") from problem


def short(notify_id: str) -> str:
    """Alipay's ids have up to 128 characters; a long one is kept as its digest."""
    return notify_id if len(notify_id) <= LONGEST_ID else sha256(notify_id.encode()).hexdigest()
