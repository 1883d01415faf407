"""Consents, personal-data exports and the closing of accounts: every write of them."""

import json
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.identity import queries as identity
from accounts.identity import services as identity_services
from accounts.identity.queries import Customer
from accounts.privacy import queries
from accounts.privacy.models import EXPORT_MOVES, AccountClosure, Consent, DataExport, ExportState
from accounts.privacy.sockets import ERASERS
from accounts.security.services import spend_act
from core.errors import DomainError, NotFound
from core.ids import new_id
from core.moves import advance
from core.outbox.services import Payload, publish

EXPORT_LIFE = timedelta(days=7)


class ConsentRequired(DomainError):
    code = "consent_required"
    en = "This document is needed for the account. To take it back, close the account."
    zh = "该协议为账户所必需。如需撤回,请注销账户。"


class ExportRunning(DomainError):
    code = "export_running"
    en = "An export is being made already. Read it again in a moment."
    zh = "数据导出正在处理中,请稍后查询。"


class ExportNotReady(DomainError):
    code = "export_not_ready"
    en = "This export is {state}. It can be downloaded while it is ready, for seven days."
    zh = "该导出当前状态为 {state},仅在就绪后的七天内可下载。"


class ObligationsOpen(DomainError):
    """`obstacles` lists the codes of what is open; GET /v1/accounts/closure says each in words."""

    code = "obligations_open"
    en = "The account cannot close yet: {obstacles}."
    zh = "账户暂时无法注销:{obstacles}。"


@transaction.atomic
def give_consent(*, customer_id: uuid.UUID, session_id: uuid.UUID, kind: str, version: int, at: datetime) -> Consent:
    """Agree to a version of a document, on a session's device; agreeing again gives the standing consent. Raises NotFound."""
    document = queries.document(kind, version)
    made = Consent(id=new_id(), customer_id=customer_id, session_id=session_id, document=document, created_at=at)
    Consent.objects.bulk_create([made], ignore_conflicts=True)
    standing = Consent.objects.select_related("document").get(customer_id=customer_id, document=document, withdrawn_at=None)
    if standing.pk == made.pk:
        payload: Payload = {"customer": str(customer_id), "kind": kind, "version": version}
        publish(topic="consent.given", owner=customer_id, payload=payload, at=at)
    return standing


@transaction.atomic
def withdraw_consent(*, customer_id: uuid.UUID, consent_id: uuid.UUID, at: datetime) -> Consent:
    """Take a consent back; twice is once. Raises NotFound, ConsentRequired."""
    row = queries.consents(customer_id).filter(pk=consent_id).first()
    if row is None:
        raise NotFound()
    if row.document.required:
        raise ConsentRequired()
    if Consent.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=at):
        row.withdrawn_at = at
        payload: Payload = {"customer": str(customer_id), "kind": row.document.kind, "version": row.document.version}
        publish(topic="consent.withdrawn", owner=customer_id, payload=payload, at=at)
    return row


@transaction.atomic
def request_export(*, customer_id: uuid.UUID, session_id: uuid.UUID, proof: str, nonce: str, at: datetime) -> DataExport:
    """Ask for a copy of one's data, approved by a step-up (`export_data`); a job assembles it, for this session alone.

    Raises NotFound for an account that closed meanwhile, ExportRunning, and as `spend_proof`.
    """
    if identity.lock(customer_id).state == Customer.State.CLOSED:
        raise NotFound()
    spend_act(customer_id=customer_id, session_id=session_id, token=proof, purpose="export_data", payee="", nonce=nonce, at=at)
    row = DataExport(
        id=new_id(),
        customer_id=customer_id,
        session_id=session_id,
        archive="",
        created_at=at,
        changed_at=at,
        expires_at=at + EXPORT_LIFE,
    )
    DataExport.objects.bulk_create([row], ignore_conflicts=True)
    if not DataExport.objects.filter(pk=row.pk).exists():
        raise ExportRunning()
    publish(topic="export.requested", owner=customer_id, payload={"customer": str(customer_id), "export": str(row.pk)}, at=at)
    return row


@transaction.atomic
def assemble_export(*, export_id: uuid.UUID, at: datetime) -> DataExport:
    """Fill a requested export from every room; one that ended with its account stays empty. Raises WrongState for a filled one."""
    row = DataExport.objects.select_for_update().get(pk=export_id)
    if row.state == ExportState.EXPIRED:
        return row
    data = {"export": row.public_id, "made_at": at, **queries.personal_data(row.customer_id)}
    row.archive = json.dumps(data, default=str, ensure_ascii=False, indent=1)
    row.save(update_fields=["archive"])
    advance(row, ExportState.READY, moves=EXPORT_MOVES, at=at, expires_at=at + EXPORT_LIFE)
    publish(topic="export.ready", owner=row.customer_id, payload={"customer": str(row.customer_id), "export": str(row.pk)}, at=at)
    return row


@transaction.atomic
def expire_exports(*, at: datetime, batch: int = 200) -> int:
    """Empty one batch of exports past their seven days. Returns how many."""
    due = list(DataExport.objects.select_for_update(skip_locked=True).filter(state=ExportState.READY, expires_at__lte=at)[:batch])
    return empty(due, at)


def empty(rows: list[DataExport], at: datetime) -> int:
    """Forget what locked exports hold. Returns how many."""
    for row in rows:
        row.archive = ""
        row.save(update_fields=["archive"])
        advance(row, ExportState.EXPIRED, moves=EXPORT_MOVES, at=at)
    return len(rows)


@transaction.atomic
def close_account(*, customer_id: uuid.UUID, session_id: uuid.UUID, reason: str, proof: str, nonce: str, at: datetime) -> AccountClosure:
    """End an account for good, approved by a step-up (`close_account`): every room forgets the person, books and checks stay.

    Raises ObligationsOpen while anything is owned, owed or under way, WrongState for a frozen account, and as `spend_proof`.
    """
    identity.lock(customer_id)
    open_items = queries.obstacles(customer_id, at)
    if open_items:
        raise ObligationsOpen(obstacles=[item.code for item in open_items])
    spend_act(customer_id=customer_id, session_id=session_id, token=proof, purpose="close_account", payee="", nonce=nonce, at=at)
    empty(list(DataExport.objects.select_for_update().filter(customer_id=customer_id).exclude(state=ExportState.EXPIRED)), at)
    for room in ERASERS:
        room.erase(customer_id=customer_id, at=at)
    identity_services.close(customer_id=customer_id, at=at)
    closure = AccountClosure.objects.create(customer_id=customer_id, reason=reason, created_at=at)
    publish(topic="customer.closed", owner=customer_id, payload={"customer": str(customer_id)}, at=at)
    return closure
