"""One-time codes by text message: issued for one phone, one purpose, one device and one binding; used once."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.identity.models import OneTimeCode
from accounts.identity.phones import phone_index
from core.crypto.blind_index import blind_index
from core.errors import DomainError, TooManyRequests
from core.ids import new_id

DIGITS = 6
TRIES = 5
LIFE = timedelta(minutes=5)
RESEND = timedelta(seconds=60)


class CodeRefused(DomainError):
    """One answer for wrong, expired, used, never sent and tried too often, so that none can be told from another."""

    code = "code_refused"
    status = 422
    en = "The code is wrong or no longer valid. Check it, or ask for a new one after a minute."
    zh = "验证码错误或已失效,请核对,或一分钟后重新获取。"


@dataclass(frozen=True)
class IssuedCode:
    """A fresh code in clear, for the message alone; `request_no` is the message's number."""

    phone: str
    code: str
    purpose: str
    request_no: str


@transaction.atomic
def issue(*, phone: str, purpose: str, device_index: bytes, binding: str, at: datetime) -> IssuedCode:
    """A fresh code for an E.164 number, replacing the one before. Raises TooManyRequests within a minute of it.

    The same steps and the same answer whether or not the number has an account.
    """
    index = phone_index(phone)
    row = OneTimeCode.objects.filter(phone_index=index, purpose=purpose, device_index=device_index).select_for_update().first()
    if row is not None and at < row.created_at + RESEND:
        raise TooManyRequests(retry_after=int((row.created_at + RESEND - at).total_seconds()) + 1)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    serial = uuid.uuid4()
    fresh = {
        "serial": serial,
        "code_digest": digest_of(serial, code),
        "binding": digest_of_binding(binding),
        "tries": 0,
        "created_at": at,
        "expires_at": at + LIFE,
        "used_at": None,
    }
    if row is not None:
        OneTimeCode.objects.filter(pk=row.pk).update(**fresh)
        return IssuedCode(phone, code, purpose, serial.hex)
    made = OneTimeCode(id=new_id(), phone_index=index, purpose=purpose, device_index=device_index, **fresh)
    if not OneTimeCode.objects.bulk_create([made], ignore_conflicts=True) or not OneTimeCode.objects.filter(pk=made.pk).exists():
        raise TooManyRequests(retry_after=int(RESEND.total_seconds()))
    return IssuedCode(phone, code, purpose, serial.hex)


@transaction.atomic
def redeem(*, phone: str, purpose: str, device_index: bytes, binding: str, code: str, at: datetime) -> CodeRefused | None:
    """Use a code up. Returns (not raises) the refusal, so that a wrong try stays counted: the caller must let it commit."""
    live = OneTimeCode.objects.filter(phone_index=phone_index(phone), purpose=purpose, device_index=device_index, used_at=None)
    live = live.filter(expires_at__gt=at, tries__lt=TRIES)
    row = live.select_for_update().first()
    if row is None:
        return CodeRefused(field="code")
    right = hmac.compare_digest(bytes(row.code_digest), digest_of(row.serial, code))
    right &= hmac.compare_digest(bytes(row.binding), digest_of_binding(binding))
    live.filter(pk=row.pk).update(tries=F("tries") + 1, used_at=at if right else None)
    return None if right else CodeRefused(field="code")


def digest_of(serial: uuid.UUID, code: str) -> bytes:
    return blind_index(f"{serial}:{code}", purpose="code")


def digest_of_binding(binding: str) -> bytes:
    return blind_index(binding, purpose="code-binding")


def forget_spent(*, phone_index: bytes | memoryview | None, at: datetime) -> None:
    """Delete a phone's codes that are used or over. A live one stays its minutes: its holder may be logging in with it right now."""
    OneTimeCode.objects.filter(phone_index=phone_index).exclude(used_at=None, expires_at__gt=at).delete()


@transaction.atomic
def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of codes a day past their life. Returns how many."""
    old = OneTimeCode.objects.filter(expires_at__lt=at - timedelta(days=1)).values("pk")[:batch]
    return OneTimeCode.objects.filter(pk__in=old).delete()[0]
