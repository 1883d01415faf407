"""The keys of apps: two at a time, so that a program changes over without a gap; retired when replaced, revoked when stolen."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from core.clock.queries import local_day
from core.errors import DomainError
from core.moves import advance, advance_all
from payments.merchants import queries, signing
from payments.merchants.models import AppKey
from payments.merchants.services.applications import locked, tell
from payments.merchants.services.apps import owners
from payments.merchants.states import KEY_MOVES, KeyState
from payments.wallet.services import authority
from payments.wallet.services.authority import Intent

SLOTS = (1, 2)
LIFE_DAYS = 730
PURPOSE = "merchant_key"
BATCH = 200
WARNED_BEFORE = timedelta(days=30)


class BadPublicKey(DomainError):
    code = "merchant_bad_key"
    status = 422
    en = "Send an RSA public key of 2048 bits or more in PEM form (-----BEGIN PUBLIC KEY-----)."
    zh = "请提交 PEM 格式、2048 位及以上的 RSA 公钥(-----BEGIN PUBLIC KEY-----)。"


class PrivateKeySent(DomainError):
    code = "merchant_private_key_sent"
    status = 422
    en = "This is a private key: it must never leave your server. Make a new pair and send its public half; nothing was kept."
    zh = "您提交的是私钥,私钥不得离开您的服务器。请重新生成密钥对并提交公钥;本次内容未被保存。"


class KeyKnown(DomainError):
    code = "merchant_key_known"
    en = "This key was registered before. Make a new pair for each app and each change."
    zh = "该公钥已登记过,请为每个应用及每次更换生成新的密钥对。"


class TooManyKeys(DomainError):
    code = "merchant_too_many_keys"
    en = "Two keys are active: retire one before you add another."
    zh = "已有两把有效密钥,请先停用其中一把再添加。"


@transaction.atomic
def add(*, intent: Intent, app_id: UUID, public_key_pem: str, life_days: int, at: datetime) -> AppKey:
    """Register a public key for an app, with a proof of purpose `merchant_key` made for the app's id.

    Raises NotFound, MerchantNotOpen, PrivateKeySent, BadPublicKey, KeyKnown, TooManyKeys, StepUpNeeded, ProofMismatch, ProofExpired.
    """
    merchant = owners(intent.customer_id, app_id)
    app = queries.own_app(intent.customer_id, app_id)
    pem = checked(public_key_pem)
    retire_late(app_id, at)
    taken = set(queries.keys(app_id).filter(state=KeyState.ACTIVE).values_list("slot", flat=True))
    free = [slot for slot in SLOTS if slot not in taken]
    if not free:
        raise TooManyKeys()
    authority.spend(intent=intent, purpose=PURPOSE, amount_fen=0, payee=app.public_id, at=at)
    key = AppKey(
        app=app, serial_no=signing.serial_of(pem), public_key_pem=pem, slot=free[0], expires_at=at + timedelta(days=life_days),
        created_at=at, changed_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as problem:
        raise KeyKnown(field="public_key") from problem
    tell("merchant.key_added", merchant, at, app_id=str(app_id), serial_no=key.serial_no)
    return key


def checked(pem: str) -> str:
    """Raises PrivateKeySent, BadPublicKey."""
    try:
        return signing.checked_key(pem)
    except signing.BadKey as problem:
        raise (PrivateKeySent if problem.private else BadPublicKey)(field="public_key") from problem


@transaction.atomic
def retire(*, owner_id: UUID, key_id: UUID, at: datetime) -> AppKey:
    """End a key that another has replaced. Raises NotFound, MerchantNotOpen, WrongState."""
    return end(owner_id, key_id, KeyState.RETIRED, at)


@transaction.atomic
def revoke(*, owner_id: UUID, key_id: UUID, at: datetime) -> AppKey:
    """End a key that fell into wrong hands. Raises NotFound, MerchantNotOpen, WrongState."""
    return end(owner_id, key_id, KeyState.REVOKED, at)


@transaction.atomic
def revoke_by_platform(*, key_id: UUID, at: datetime) -> AppKey:
    """End a key that was found in wrong hands by an operator. Raises NotFound, WrongState."""
    found = queries.key(key_id)
    merchant = locked(found.app.merchant_id)
    key = advance(queries.key(key_id), KeyState.REVOKED, moves=KEY_MOVES, at=at, slot=None, ended_at=at)
    tell("merchant.key_revoked", merchant, at, app_id=str(key.app_id), serial_no=key.serial_no)
    return key


def end(owner_id: UUID, key_id: UUID, to: KeyState, at: datetime) -> AppKey:
    merchant = owners(owner_id, queries.own_key(owner_id, key_id).app_id)
    key = advance(queries.own_key(owner_id, key_id), to, moves=KEY_MOVES, at=at, slot=None, ended_at=at)
    tell(f"merchant.key_{to.value}", merchant, at, app_id=str(key.app_id), serial_no=key.serial_no)
    return key


def retire_late(app_id: UUID, at: datetime) -> None:
    """End an app's keys whose time is over; called with its merchant locked."""
    retire_over(list(over(at).filter(app_id=app_id).select_for_update(of=("self",))), at)


def over(at: datetime) -> QuerySet[AppKey]:
    """Active keys whose time is over, the first first."""
    rows = AppKey.objects.select_related("app__merchant").filter(state=KeyState.ACTIVE, expires_at__lte=at)
    return rows.order_by("expires_at", "id")


def retire_over(rows: list[AppKey], at: datetime) -> None:
    ids = [row.pk for row in rows]
    over = AppKey.objects.filter(pk__in=ids)
    advance_all(over, KeyState.RETIRED, moves=KEY_MOVES, at=at, slot=None, ended_at=F("expires_at"))
    for key in rows:
        tell_of("merchant.key_retired", key, at)


def note_used(*, key: AppKey, at: datetime) -> None:
    """Remember the day a key was used on; one write a day."""
    today = local_day(at)
    if key.last_used_on != today:
        AppKey.objects.filter(pk=key.pk).update(last_used_on=today)


@transaction.atomic
def warn(*, at: datetime, batch: int = BATCH) -> int:
    """Publish, once a key, that it ends within WARNED_BEFORE. Returns how many were told."""
    soon = AppKey.objects.select_for_update(skip_locked=True, of=("self",)).select_related("app__merchant")
    rows = list(soon.filter(state=KeyState.ACTIVE, warned_at=None, expires_at__lte=at + WARNED_BEFORE).order_by("expires_at", "id")[:batch])
    AppKey.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=at, changed_at=at)
    for key in rows:
        tell_of("merchant.key_expiring", key, at)
    return len(rows)


@transaction.atomic
def expire(*, at: datetime, batch: int = BATCH) -> int:
    """Retire keys whose time is over (nothing they sign is accepted any more anyway). Returns how many."""
    rows = list(over(at).select_for_update(skip_locked=True, of=("self",))[:batch])
    retire_over(rows, at)
    return len(rows)


def tell_of(topic: str, key: AppKey, at: datetime) -> None:
    facts = {"app_id": str(key.app_id), "serial_no": key.serial_no, "expires_at": key.expires_at.isoformat()}
    tell(topic, key.app.merchant, at, **facts)
