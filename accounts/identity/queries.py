"""Reads of customers, devices and sessions."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from accounts.identity.models import Customer, Device, DeviceSession, PhoneClaim, SandboxMessage
from accounts.identity.phones import e164, phone_index
from accounts.identity.sockets import CONSENTS
from accounts.identity.tokens import ACCESS, read_token
from core.errors import NotFound
from core.questions import Question, ask

LACKS_CONSENTS = "lacks_consents"


def get(customer_id: uuid.UUID) -> Customer:
    """Raises NotFound."""
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def lock(customer_id: uuid.UUID) -> Customer:
    """The customer's row, locked to the end of the caller's transaction. Raises NotFound."""
    found = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def by_phone(phone: str) -> Customer | None:
    """The customer, not closed, whose phone this is. Raises Invalid for what is no mobile number."""
    claim = PhoneClaim.objects.filter(phone_index=phone_index(e164(phone))).select_related("customer").first()
    return claim.customer if claim else None


def open_session(access_token: str, at: datetime) -> DeviceSession | None:
    """The open session whose present access token this is, with its customer and device: one query, on every request.

    It carries `lacks_consents`: whether the customer must agree to a document before an effect.
    """
    token = read_token(access_token, ACCESS)
    if token is None:
        return None
    found = DeviceSession.objects.select_related("customer", "device").filter(
        pk=token.row_id, customer_id=token.customer_id, ended_at=None, access_expires_at__gt=at
    )
    session = found.annotate(**{LACKS_CONSENTS: lacking_consents(at)}).first()
    return session if session and token.opens(session.access_digest) else None


def lacking_consents(at: datetime) -> "ExpressionWrapper[Any]":
    """Whether the customer of a session lacks a consent that any rule needs, as SQL."""
    found = [Q(rule.lacking(customer="customer_id", at=at)) for rule in CONSENTS]
    return ExpressionWrapper(reduce(or_, found, Q(pk__in=[])), output_field=BooleanField())


def missing_consents(customer_id: uuid.UUID, at: datetime) -> list[dict[str, str | int]]:
    """Every document a customer must agree to before an effect."""
    return [document for rule in CONSENTS for document in rule.missing(customer_id=customer_id, at=at)]


def sessions(customer_id: uuid.UUID) -> QuerySet[DeviceSession]:
    """Open sessions, newest first, with their devices."""
    return DeviceSession.objects.filter(customer_id=customer_id, ended_at=None).select_related("device").order_by("-created_at", "-id")


def device_index(session_id: uuid.UUID) -> bytes:
    """The keyed hash of the installation a session runs on. Raises NotFound."""
    found = DeviceSession.objects.filter(pk=session_id).values_list("device__installation_index", flat=True).first()
    if found is None:
        raise NotFound()
    return bytes(found)


def is_known_device(phone_index: bytes, device_index: bytes) -> bool:
    """Whether this installation has logged in with this phone before."""
    return Device.objects.filter(installation_index=device_index, customer__phone_index=phone_index).exists()


def sandbox_messages(phone: str | None = None, limit: int = 50) -> list[SandboxMessage]:
    """The newest messages of the sandbox inbox, of one phone or of all. Raises Invalid."""
    rows = SandboxMessage.objects.order_by("-created_at", "-id")
    if phone:
        rows = rows.filter(phone_index=phone_index(e164(phone)))
    return list(rows[:limit])


def several(customer_ids: Iterable[uuid.UUID]) -> list[Customer]:
    """Several customers in one query, in no order; unknown ids are left out."""
    return list(Customer.objects.filter(pk__in=list(customer_ids)))


STATES = "SELECT ARRAY(SELECT ARRAY[id::text, state] FROM accounts_customer WHERE id = ANY(%s))"


def states(customer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The state of several customers, without their secrets."""
    (found,) = ask(states_of(customer_ids))
    return dict(found)


def states_of(customer_ids: Iterable[uuid.UUID]) -> Question[dict[uuid.UUID, str]]:
    """`states` as a question, for a movement that asks other rooms too."""
    return Question(STATES, (list(customer_ids),), lambda pairs: {uuid.UUID(key): state for key, state in pairs})


def personal_data(customer_id: uuid.UUID) -> dict[str, Any]:
    """What identity holds on a customer, in clear, for the customer's own export."""
    customer = get(customer_id)
    devices = Device.objects.filter(customer_id=customer_id).order_by("created_at")
    logins = DeviceSession.objects.filter(customer_id=customer_id).order_by("created_at")
    return {
        "id": customer.public_id,
        "phone": customer.phone,
        "nickname": customer.nickname,
        "locale": customer.locale,
        "state": customer.state,
        "registered_at": customer.registered_at,
        "devices": [{"id": row.public_id, "name": row.name, "platform": row.platform, "since": row.created_at} for row in devices],
        "sessions": [{"id": row.public_id, "since": row.created_at, "last_seen_at": row.last_seen_at, "end": row.end} for row in logins],
    }
