"""Every write to customers, devices and sessions."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.identity import caps, codes, keys, queries
from accounts.identity.models import CUSTOMER_MOVES, Customer, Device, DeviceSession, OneTimeCode, PhoneClaim, RefreshToken, SandboxMessage
from accounts.identity.phones import e164, phone_index
from accounts.identity.tokens import ACCESS, REFRESH, Token, new_token, read_token
from core.approvals.services import must_be_applying
from core.crypto.blind_index import blind_index
from core.errors import DomainError, NotFound
from core.ids import new_id, shard_of
from core.moves import advance
from core.outbox.services import Payload, publish

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)
State = Customer.State


class PhoneTaken(DomainError):
    code = "phone_taken"
    en = "This phone number belongs to another account. Use another number, or log in with this one."
    zh = "该手机号已被其他账户使用,请更换手机号或直接使用该号码登录。"


class RefreshRefused(DomainError):
    """One answer for unknown, expired, used and revoked: the client logs in again in every case."""

    code = "refresh_refused"
    status = 401
    en = "This refresh token is not valid. Log in again."
    zh = "刷新令牌无效,请重新登录。"


@dataclass(frozen=True)
class DeviceFacts:
    """What an app says of the installation it runs in; `installation` is a random text the app keeps."""

    installation: str
    name: str = ""
    platform: str = ""

    @property
    def index(self) -> bytes:
        return blind_index(self.installation, purpose="installation")


@dataclass(frozen=True)
class Login:
    """An open session with its tokens in clear: shown once, kept nowhere."""

    session: DeviceSession
    access_token: str
    refresh_token: str
    registered: bool = False


@transaction.atomic
def register(*, phone: str, at: datetime, locale: str = Customer.Locale.ZH) -> Customer:
    """A new customer for a phone number. Raises Invalid, PhoneTaken."""
    number = e164(phone)
    customer_id = new_id()
    index = phone_index(number)
    customer = Customer.objects.create(
        id=customer_id,
        shard=shard_of(customer_id),
        phone=number,
        phone_index=index,
        locale=locale,
        registered_at=at,
        created_at=at,
        changed_at=at,
    )
    claim_phone(customer, index, at)
    publish(topic="customer.registered", owner=customer.id, payload={"customer": str(customer.id)}, at=at)
    return customer


def claim_phone(customer: Customer, index: bytes, at: datetime) -> None:
    """Make a number the customer's. Raises PhoneTaken."""
    try:
        with transaction.atomic():
            PhoneClaim.objects.create(phone_index=index, customer=customer, created_at=at)
    except IntegrityError as problem:
        raise PhoneTaken() from problem


@transaction.atomic
def request_login_code(*, phone: str, device: DeviceFacts, address: str, at: datetime) -> codes.IssuedCode:
    """A code to log in with; the same for numbers with and without an account. Raises Invalid, TooManyRequests."""
    number = e164(phone)
    caps.count(caps.CODES, phone_index=phone_index(number), device_index=device.index, address=address, at=at)
    return codes.issue(phone=number, purpose=OneTimeCode.Purpose.LOGIN, device_index=device.index, binding="", at=at)


@transaction.atomic
def log_in(
    *, phone: str, code: str, device: DeviceFacts, address: str, at: datetime, locale: str = Customer.Locale.ZH
) -> Login | codes.CodeRefused:
    """Open a session for the holder of a phone, registering a new customer on the first login.

    A wrong code is returned, not raised, so that its try stays counted when the transaction commits. Raises Invalid, TooManyRequests.
    """
    number = e164(phone)
    caps.count(caps.TRIES, phone_index=phone_index(number), device_index=device.index, address=address, at=at)
    refused = codes.redeem(phone=number, purpose=OneTimeCode.Purpose.LOGIN, device_index=device.index, binding="", code=code, at=at)
    if refused is not None:
        return refused
    customer = holder_of(number)
    registered = customer is None
    if customer is None:
        customer = register(phone=number, at=at, locale=locale)
    return open_session(customer=customer, device=device, at=at, registered=registered)


def holder_of(number: str) -> Customer | None:
    """Whose number this is, locked, so that no session opens behind the back of an account that closes or changes its number now."""
    found = queries.by_phone(number)
    customer = queries.lock(found.id) if found else None
    if customer is None or customer.phone_index is None or bytes(customer.phone_index) != phone_index(number):
        return None
    return customer


@transaction.atomic
def open_session(*, customer: Customer, device: DeviceFacts, at: datetime, registered: bool = False) -> Login:
    """A new session on a device; an open one there before ends as replaced. The caller has proven who is asking."""
    facts = {"name": device.name, "platform": device.platform, "last_login_at": at}
    row, is_new = Device.objects.update_or_create(
        customer=customer, installation_index=device.index, defaults=facts, create_defaults=facts | {"created_at": at}
    )
    before = DeviceSession.objects.filter(customer=customer, device=row, ended_at=None).values_list("pk", flat=True)
    end_sessions(customer.id, list(before), DeviceSession.End.REPLACED, at)
    session_id = new_id()
    access = new_token(customer.id, session_id)
    session = DeviceSession.objects.create(
        id=session_id,
        customer=customer,
        device=row,
        access_digest=access.digest,
        access_expires_at=at + ACCESS_LIFE,
        created_at=at,
        last_seen_at=at,
    )
    refresh_token = new_refresh_token(session, at)
    publish(
        topic="session.opened",
        owner=customer.id,
        payload={"customer": str(customer.id), "session": str(session.id), "device": str(row.id), "new_device": is_new},
        at=at,
    )
    return Login(session, access.text(ACCESS), refresh_token.text(REFRESH), registered)


def new_refresh_token(session: DeviceSession, at: datetime) -> Token:
    token = new_token(session.customer_id, new_id())
    RefreshToken.objects.create(
        id=token.row_id,
        customer_id=session.customer_id,
        session=session,
        digest=token.digest,
        created_at=at,
        expires_at=at + REFRESH_LIFE,
    )
    return token


@transaction.atomic
def refresh(*, refresh_token: str, at: datetime) -> Login | RefreshRefused:
    """Both tokens anew. A refresh token seen twice ends its session, since one of the two holders stole it.

    The refusal is returned, not raised, so that the end of the session commits.
    """
    token = read_token(refresh_token, REFRESH)
    if token is None:
        return RefreshRefused()
    row = RefreshToken.objects.filter(pk=token.row_id, customer_id=token.customer_id).first()
    if row is None or not token.opens(row.digest) or row.expires_at <= at:
        return RefreshRefused()
    if not RefreshToken.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
        end_sessions(row.customer_id, [row.session_id], DeviceSession.End.REUSE, at)
        return RefreshRefused()
    access = new_token(row.customer_id, row.session_id)
    kept = DeviceSession.objects.filter(pk=row.session_id, ended_at=None).update(
        access_digest=access.digest, access_expires_at=at + ACCESS_LIFE, last_seen_at=at
    )
    if not kept:
        return RefreshRefused()
    session = DeviceSession.objects.select_related("customer", "device").get(pk=row.session_id)
    return Login(session, access.text(ACCESS), new_refresh_token(session, at).text(REFRESH))


@transaction.atomic
def revoke(*, customer_id: uuid.UUID, session_id: uuid.UUID, at: datetime, end: str = DeviceSession.End.REVOKED) -> None:
    """End one open session of a customer, effective with the next request. Raises NotFound."""
    if not end_sessions(customer_id, [session_id], end, at):
        raise NotFound()


@transaction.atomic
def revoke_all(
    *, customer_id: uuid.UUID, at: datetime, keep: uuid.UUID | None = None, end: str = DeviceSession.End.REVOKED
) -> list[uuid.UUID]:
    """End every open session of a customer except `keep`. Returns the ended ones."""
    found = [session_id for session_id in queries.sessions(customer_id).values_list("pk", flat=True) if session_id != keep]
    return end_sessions(customer_id, found, end, at)


def end_sessions(customer_id: uuid.UUID, session_ids: list[uuid.UUID], end: str, at: datetime) -> list[uuid.UUID]:
    """End those of the named sessions that are open, telling of each. Returns which."""
    ended = []
    for session_id in session_ids:
        if DeviceSession.objects.filter(pk=session_id, customer_id=customer_id, ended_at=None).update(ended_at=at, end=end):
            ended.append(session_id)
            payload: Payload = {"customer": str(customer_id), "session": str(session_id), "end": str(end)}
            publish(topic="session.revoked", owner=customer_id, payload=payload, at=at)
    return ended


@transaction.atomic
def rename(*, customer_id: uuid.UUID, at: datetime, nickname: str | None = None, locale: str | None = None) -> Customer:
    """Change what a customer is called and the language they read; None leaves a value as it is."""
    customer = queries.lock(customer_id)
    customer.nickname = customer.nickname if nickname is None else nickname
    customer.locale = customer.locale if locale is None else locale
    customer.changed_at = at
    customer.save(update_fields=["nickname", "locale", "changed_at"])
    return customer


@transaction.atomic
def request_phone_code(*, customer_id: uuid.UUID, session_id: uuid.UUID, phone: str, address: str, at: datetime) -> codes.IssuedCode:
    """A code sent to a new number, to prove that the customer holds it. Raises Invalid, TooManyRequests.

    Whether the number has another account is told only to who holds it, when the code is used.
    """
    number = e164(phone)
    device_index = queries.device_index(session_id)
    caps.count(caps.CODES, phone_index=phone_index(number), device_index=device_index, address=address, at=at)
    return codes.issue(phone=number, purpose=OneTimeCode.Purpose.CHANGE_PHONE, device_index=device_index, binding=str(customer_id), at=at)


@transaction.atomic
def request_own_code(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, purpose: str, binding: str, address: str, at: datetime
) -> codes.IssuedCode:
    """A code to the customer's present phone, good on this session's device for what `binding` says. Raises TooManyRequests."""
    number, device_index = queries.get(customer_id).phone, queries.device_index(session_id)
    caps.count(caps.CODES, phone_index=phone_index(number), device_index=device_index, address=address, at=at)
    return codes.issue(phone=number, purpose=purpose, device_index=device_index, binding=binding, at=at)


@transaction.atomic
def redeem_own_code(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, purpose: str, binding: str, code: str, at: datetime
) -> codes.CodeRefused | None:
    """Use up a code that `request_own_code` sent. A wrong one is returned, not raised, so that its try stays counted.

    Raises TooManyRequests.
    """
    number, device_index = queries.get(customer_id).phone, queries.device_index(session_id)
    caps.count(caps.TRIES, phone_index=phone_index(number), device_index=device_index, address="", at=at)
    return codes.redeem(phone=number, purpose=purpose, device_index=device_index, binding=binding, code=code, at=at)


@transaction.atomic
def change_phone(*, customer_id: uuid.UUID, session_id: uuid.UUID, phone: str, code: str, at: datetime) -> Customer | codes.CodeRefused:
    """Move a customer to a new number, proven by its code; every other session ends. The caller has spent a step-up proof.

    A wrong code is returned, not raised, so that the try stays counted. Raises Invalid, PhoneTaken.
    """
    number = e164(phone)
    device_index = queries.device_index(session_id)
    caps.count(caps.TRIES, phone_index=phone_index(number), device_index=device_index, address="", at=at)
    purpose = OneTimeCode.Purpose.CHANGE_PHONE
    refused = codes.redeem(phone=number, purpose=purpose, device_index=device_index, binding=str(customer_id), code=code, at=at)
    if refused is not None:
        return refused
    customer = queries.lock(customer_id)
    PhoneClaim.objects.filter(customer=customer).delete()
    customer.phone, customer.phone_index, customer.changed_at = number, phone_index(number), at
    customer.save(update_fields=["phone", "phone_index", "changed_at"])
    claim_phone(customer, phone_index(number), at)
    revoke_all(customer_id=customer.id, at=at, keep=session_id, end=DeviceSession.End.PHONE_CHANGED)
    publish(topic="customer.phone_changed", owner=customer.id, payload={"customer": str(customer.id)}, at=at)
    return customer


@transaction.atomic
def freeze(*, customer_id: uuid.UUID, reason: str, at: datetime) -> Customer:
    """Let a customer look and not act. Raises NotFound, WrongState."""
    customer = advance(queries.lock(customer_id), State.FROZEN, moves=CUSTOMER_MOVES, at=at)
    publish(topic="customer.frozen", owner=customer.id, payload={"customer": str(customer.id), "reason": reason}, at=at)
    return customer


@transaction.atomic
def unfreeze(*, customer_id: uuid.UUID, reason: str, at: datetime) -> Customer:
    """Let a frozen customer act again. Raises ApprovalNeeded outside an approval of `customer.unfreeze`, NotFound, WrongState."""
    must_be_applying("customer.unfreeze")
    customer = advance(queries.lock(customer_id), State.ACTIVE, moves=CUSTOMER_MOVES, at=at)
    publish(topic="customer.unfrozen", owner=customer.id, payload={"customer": str(customer.id), "reason": reason}, at=at)
    return customer


@transaction.atomic
def close(*, customer_id: uuid.UUID, at: datetime) -> Customer:
    """End an account: sessions end, the number is free again, what identifies the person is overwritten and its key destroyed.

    Raises WrongState.

    `privacy` asks every room first whether anything is open; call it there.
    """
    customer = queries.lock(customer_id)
    revoke_all(customer_id=customer.id, at=at, end=DeviceSession.End.CLOSED)
    PhoneClaim.objects.filter(customer=customer).delete()
    codes.forget_spent(phone_index=customer.phone_index, at=at)
    SandboxMessage.objects.filter(phone_index=customer.phone_index).delete()
    Device.objects.filter(customer=customer).update(name="", platform="")
    customer.phone, customer.nickname = "", ""
    customer.save(update_fields=["phone", "nickname"])
    keys.destroy(customer_id=customer.id, at=at)
    return advance(customer, State.CLOSED, moves=CUSTOMER_MOVES, at=at, phone_index=None)


@transaction.atomic
def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of refresh tokens past their life, and sandbox messages a day old. Returns how many."""
    tokens = RefreshToken.objects.filter(expires_at__lt=at).values("pk")[:batch]
    messages = SandboxMessage.objects.filter(created_at__lt=at - timedelta(days=1)).values("pk")[:batch]
    gone = RefreshToken.objects.filter(pk__in=tokens).delete()[0]
    return gone + SandboxMessage.objects.filter(pk__in=messages).delete()[0]


def note_seen(*, session: DeviceSession, at: datetime) -> None:
    """Remember that a session was used, at most once a minute."""
    if at - session.last_seen_at >= SEEN_EVERY:
        DeviceSession.objects.filter(pk=session.pk, last_seen_at__lte=at - SEEN_EVERY).update(last_seen_at=at)
