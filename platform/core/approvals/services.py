"""Maker-checker: propose, approve, reject, withdraw, expire. A sensitive act is applied in the transaction that approves it."""

import hmac
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db import transaction
from django.utils.crypto import salted_hmac

from core.approvals.models import MOVES, Approval
from core.approvals.register import Payload, SensitiveAct, canonical, known
from core.audit import services as audit
from core.errors import DomainError, Forbidden, Invalid, NotFound
from core.moves import WrongState, advance
from core.outbox import services as outbox

BATCH = 500


@dataclass(frozen=True)
class Applying:
    """The approval being applied right now: which act, who proposed it and who approved it, as actors of the audit log."""

    act: str
    maker: str
    checker: str


APPLYING: ContextVar[Applying | None] = ContextVar("applying_sensitive_act", default=None)


class SamePerson(DomainError):
    code = "approval_same_person"
    status = 403
    en = "You proposed this, so somebody else must decide it."
    zh = "该操作由您发起,须由他人复核。"


class MakerGone(DomainError):
    code = "approval_maker_gone"
    en = "Whoever proposed this may not propose it any more. Reject it, or have it proposed anew."
    zh = "发起人已离职或不再具有该权限,请驳回或由他人重新发起。"


class ApprovalExpired(DomainError):
    code = "approval_expired"
    en = "This proposal expired. Propose it anew."
    zh = "该申请已过期,请重新发起。"


class PayloadChanged(DomainError):
    code = "approval_payload_changed"
    en = "What was proposed is not what is stored now. Nothing was applied; tell an auditor."
    zh = "申请内容与提交时不一致,未执行任何操作,请联系审计人员。"


class AlreadyProposed(DomainError):
    code = "approval_already_proposed"
    en = "The same act on the same target waits for a decision already ({approval})."
    zh = "同一对象的同一操作已在等待复核({approval})。"


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    status = 403
    en = "{act} is only done through an approval by a second person."
    zh = "{act} 须经他人复核后执行。"


@transaction.atomic
def propose(*, act: str, payload: Payload, maker: User, reason: str, at: datetime) -> Approval:
    """Ask for an act. Raises UnknownAct, Forbidden, Invalid (reason), AlreadyProposed, and what the act's own check raises."""
    sensitive = known(act)
    must_have_role(maker, sensitive.roles_make)
    if len(reason.strip()) < 5:
        raise Invalid("reason", "Say why, in at least five characters.", "请填写至少五个字符的理由。")
    if sensitive.check is not None:
        sensitive.check(payload, at)
    target = sensitive.target(payload)
    approval = Approval(
        act=act,
        target=target,
        payload=payload,
        payload_hash=payload_hash(act, target, payload),
        reason=reason.strip(),
        maker=maker,
        created_at=at,
        expires_at=at + timedelta(hours=sensitive.expires_hours),
    )
    insert(approval)
    note(approval, by=actor_of(maker), verb="proposed", reason=approval.reason, at=at)
    return approval


def insert(approval: Approval) -> None:
    """Raises AlreadyProposed, naming the proposal that waits."""
    made = Approval.objects.bulk_create([approval], ignore_conflicts=True)
    if made and Approval.objects.filter(pk=approval.pk).exists():
        return
    waiting = Approval.objects.filter(act=approval.act, target=approval.target, state=Approval.State.PENDING).first()
    raise AlreadyProposed(approval=waiting.public_id if waiting else "-")


@transaction.atomic
def approve(*, approval_id: uuid.UUID, checker: User, at: datetime) -> Approval:
    """Apply a proposal, by another person with the right role, while its maker may still propose it.

    Raises NotFound, WrongState, SamePerson, Forbidden, MakerGone, ApprovalExpired, PayloadChanged, and whatever the act itself
    refuses with; nothing is written then and the proposal keeps waiting.
    """
    approval, sensitive = decidable(approval_id, checker)
    if not has_role(approval.maker, sensitive.roles_make):
        raise MakerGone()
    if at >= approval.expires_at:
        raise ApprovalExpired()
    if not hmac.compare_digest(bytes(approval.payload_hash), payload_hash(approval.act, approval.target, approval.payload)):
        raise PayloadChanged()
    with applying(approval.act, maker=actor_of(approval.maker), checker=actor_of(checker)):
        done = sensitive.apply(approval.payload, at)
    advance(approval, Approval.State.APPLIED, moves=MOVES, at=at, checker=checker, decision=done, decided_at=at)
    note(approval, by=actor_of(checker), verb="applied", reason=done, at=at)
    return approval


@transaction.atomic
def reject(*, approval_id: uuid.UUID, checker: User, reason: str, at: datetime) -> Approval:
    """Turn a proposal down. Raises as `approve` does, and Invalid without a reason."""
    if not reason.strip():
        raise Invalid("reason", "Say why it is rejected.", "请填写驳回理由。")
    approval, _ = decidable(approval_id, checker)
    advance(approval, Approval.State.REJECTED, moves=MOVES, at=at, checker=checker, decision=reason.strip(), decided_at=at)
    note(approval, by=actor_of(checker), verb="rejected", reason=reason.strip(), at=at)
    return approval


@transaction.atomic
def withdraw(*, approval_id: uuid.UUID, maker: User, at: datetime) -> Approval:
    """The maker takes a proposal back. Raises NotFound (also for another's), WrongState."""
    approval = Approval.objects.select_for_update(of=("self",)).filter(pk=approval_id, maker=maker).first()
    if approval is None:
        raise NotFound()
    advance(approval, Approval.State.WITHDRAWN, moves=MOVES, at=at, decided_at=at)
    note(approval, by=actor_of(maker), verb="withdrawn", reason="", at=at)
    return approval


@transaction.atomic
def expire(*, at: datetime) -> int:
    """Close one batch of proposals past their time. Returns how many."""
    late = Approval.objects.filter(state=Approval.State.PENDING, expires_at__lte=at).order_by("expires_at", "id")
    rows = list(late.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for approval in rows:
        advance(approval, Approval.State.EXPIRED, moves=MOVES, at=at, decided_at=at)
        note(approval, by="system", verb="expired", reason="", at=at)
    return len(rows)


def decidable(approval_id: uuid.UUID, checker: User) -> tuple[Approval, SensitiveAct]:
    """The proposal, locked, when `checker` may decide it."""
    approval = Approval.objects.select_for_update(of=("self",)).filter(pk=approval_id).first()
    if approval is None:
        raise NotFound()
    sensitive = known(approval.act)
    must_have_role(checker, sensitive.roles_check)
    if approval.maker_id == checker.pk:
        raise SamePerson()
    if approval.state != Approval.State.PENDING:
        raise WrongState(state=str(approval.state), wanted=str(Approval.State.APPLIED))
    return approval, sensitive


def must_have_role(user: AbstractBaseUser | AnonymousUser, roles: Collection[str]) -> None:
    """Raises Forbidden unless the user has one of the roles."""
    if not has_role(user, roles):
        raise Forbidden()


def has_role(user: AbstractBaseUser | AnonymousUser, roles: Collection[str]) -> bool:
    """Whether the user is active staff in one of the roles; a superuser needs the role like everybody."""
    if not (isinstance(user, User) and user.pk and user.is_active and user.is_staff):
        return False
    return user.groups.filter(name__in=roles).exists()


@contextmanager
def applying(act: str, *, maker: str, checker: str) -> Iterator[None]:
    token = APPLYING.set(Applying(act, maker, checker))
    try:
        yield
    finally:
        APPLYING.reset(token)


def must_be_applying(act: str) -> Applying:
    """For services that are sensitive acts: who decided. Raises ApprovalNeeded unless an approval of `act` is being applied now."""
    decided = APPLYING.get()
    if decided is None or decided.act != act:
        raise ApprovalNeeded(act=act)
    return decided


def payload_hash(act: str, target: str, payload: Payload) -> bytes:
    """Keyed, so that whoever can write the row cannot make a fitting hash."""
    return salted_hmac("core.approvals", b"\x00".join([act.encode(), target.encode(), canonical(payload)]), algorithm="sha256").digest()


def actor_of(user: User) -> str:
    return f"staff:{user.get_username()}"


def note(approval: Approval, *, by: str, verb: str, reason: str, at: datetime) -> None:
    """The audit record and the news of one step."""
    facts = {"approval": approval.public_id, "act": approval.act, "payload_hash": bytes(approval.payload_hash).hex()}
    audit.record(actor=by, act=f"approval.{verb}", target=approval.target, reason=reason, details=facts, at=at)
    news: outbox.Payload = {"approval": approval.public_id, "act": approval.act, "target": approval.target}
    outbox.publish(topic=f"approval.{verb}", owner=approval.id, payload=news, at=at)
