"""Connecting a channel: one person enters what was agreed with it, a second approves, and it is the channel's credential.

The secrets wait encrypted in their own row; the proposal names it and shows fingerprints, so that two people can compare what they know.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from core.approvals import services as approvals
from core.approvals.register import Payload, canonical
from core.errors import DomainError
from core.ids import new_id
from core.moves import advance
from payments.channels.models import Channel, ChannelCredential, CredentialEntry
from payments.channels.sockets import CREDENTIALS
from payments.channels.states import ENTRY_MOVES, EntryState
from payments.channels.typed import Typed

ACT = "channel.connect"
SALT = "payments.channels.credentials"
TARGET = "credential:"
HIDDEN = ("private_key_pem", "bank_public_key_pem", "api_key")


class ConnectsItself(DomainError):
    code = "channel_connects_itself"
    status = 422
    en = "The credentials of {channel} are not entered by hand: it registers itself (make run, or manage.py sandbox_connect)."
    zh = "{channel} 的凭证无需人工录入,由系统自动注册(make run 或 manage.py sandbox_connect)。"


class CredentialWaiting(DomainError):
    code = "credential_waiting"
    en = "Credentials of {channel} wait for approval already. Have them approved, rejected or withdrawn first."
    zh = "{channel} 的凭证已在等待复核,请先批准、驳回或撤回。"


class CredentialChanged(DomainError):
    code = "credential_changed"
    en = "What was entered is not what is stored now. Nothing was connected; tell an auditor."
    zh = "录入内容与提交时不一致,未接入任何渠道,请联系审计人员。"


class CredentialGone(DomainError):
    code = "credential_gone"
    en = "These credentials were used or dropped before. Enter them anew."
    zh = "该凭证已使用或已作废,请重新录入。"


@transaction.atomic
def enter(*, channel: str, typed: Typed, at: datetime) -> CredentialEntry:
    """Keep what was typed until a second person decides. Raises ConnectsItself, CredentialWaiting, Invalid (by the adapter's rules)."""
    rules = CREDENTIALS.get(Channel.objects.values_list("adapter", flat=True).get(code=channel))
    if rules is None:
        raise ConnectsItself(channel=channel)
    values = asdict(rules.checked(typed))
    values["api_key"] = values["api_key"] or None
    try:
        with transaction.atomic():
            return CredentialEntry.objects.create(id=new_id(), channel_id=channel, created_at=at, **values)
    except IntegrityError as problem:
        raise CredentialWaiting(channel=channel) from problem


def proposal(entry: CredentialEntry) -> Payload:
    """What a second person decides on: everything but the secrets, and fingerprints of those."""
    shown = {name: value for name, value in contents(entry).items() if name not in HIDDEN}
    shown["payout_report"] = "; ".join(f"{kind}={told}" for kind, told in entry.payout_report.items())
    prints = {f"{name}_fingerprint": fingerprint(getattr(entry, name) or "") for name in HIDDEN}
    return {"target": f"{TARGET}{entry.id}", "channel": entry.channel_id, **shown, **prints, "seal": seal(entry)}


def contents(entry: CredentialEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Typed.__dataclass_fields__}


def fingerprint(secret: str) -> str:
    """Sixteen hex digits under our own key: equal for equal secrets, and telling nothing of them."""
    return salted_hmac(SALT, secret, algorithm="sha256").hexdigest()[:16] if secret else ""


def seal(entry: CredentialEntry) -> str:
    """Over all that was entered, so that a row changed while it waits is not connected."""
    return salted_hmac(SALT, canonical(contents(entry)), algorithm="sha256").hexdigest()


@transaction.atomic
def connect(*, entry_id: UUID, sealed: str, at: datetime) -> ChannelCredential:
    """Make an entry the channel's credential and retire the one before; inside its approval alone. The channel stays off until two people
    switch it on. Raises ApprovalNeeded, CredentialGone, CredentialChanged."""
    approvals.must_be_applying(ACT)
    entry = waiting(entry_id)
    if entry is None:
        raise CredentialGone()
    if seal(entry) != sealed:
        raise CredentialChanged()
    ChannelCredential.objects.filter(channel_id=entry.channel_id, retired_at=None).update(retired_at=at)
    made = ChannelCredential.objects.create(id=new_id(), channel_id=entry.channel_id, created_at=at, **contents(entry))
    forget(entry, EntryState.USED, at)
    return made


@transaction.atomic
def drop(*, entry_id: UUID, at: datetime) -> None:
    """Forget an entry that will not be used; one decided on already stays."""
    entry = waiting(entry_id)
    if entry is not None:
        forget(entry, EntryState.DROPPED, at)


def waiting(entry_id: UUID) -> CredentialEntry | None:
    return CredentialEntry.objects.select_for_update(of=("self",)).filter(pk=entry_id, state=EntryState.ENTERED).first()


def forget(entry: CredentialEntry, state: EntryState, at: datetime) -> None:
    entry.private_key_pem, entry.api_key = "", None
    entry.save(update_fields=["private_key_pem", "api_key"])
    advance(entry, state, moves=ENTRY_MOVES, at=at, decided_at=at)
