"""Reads of customers, devices and sessions."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.identity.models import Customer, Device, DeviceSession, PhoneClaim, SandboxMessage
from accounts.identity.phones import e164, phone_index
from accounts.identity.sockets import CONSENTS
from accounts.identity.tokens import ACCESS, read_token
from core.errors import NotFound
from core.questions import Question, ask
from core.rows import loaded, selection, width

LACKS_CONSENTS = "lacks_consents"


def get(customer_id: uuid.UUID) -> Customer:
    """Raises NotFound."""
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def lock(customer_id: uuid.UUID) -> Customer:
    """The customer's row, locked to the end of the caller's transaction. Raises NotFound.

    Rows that only name the customer are written meanwhile: whoever holds one of the customer's cards would else wait for this, and this
    for the card.
    """
    found = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def by_phone(phone: str) -> Customer | None:
    """The customer, not closed, whose phone this is. Raises Invalid for what is no mobile number."""
    claim = PhoneClaim.objects.filter(phone_index=phone_index(e164(phone))).select_related("customer").first()
    return claim.customer if claim else None


def active() -> QuerySet[Customer, uuid.UUID]:
    """Ids of customers who may act, for a query of another room's rows."""
    return Customer.objects.filter(state=Customer.State.ACTIVE).values_list("pk", flat=True)


def active_by_phones(phones: Iterable[str]) -> dict[str, uuid.UUID]:
    """Which of these numbers belong to an active customer, and to whom, in one query. Raises Invalid for what is no mobile number."""
    indexes = {phone: phone_index(e164(phone)) for phone in phones}
    claims = PhoneClaim.objects.filter(phone_index__in=list(indexes.values()), customer__state=Customer.State.ACTIVE)
    holders = {bytes(index): customer_id for index, customer_id in claims.values_list("phone_index", "customer_id")}
    return {phone: holders[index] for phone, index in indexes.items() if index in holders}


def open_session(access_token: str, at: datetime) -> DeviceSession | None:
    """The open session whose present access token this is, with its customer and device: one query, on every request.

    It carries `lacks_consents`: whether the customer must agree to a document before an effect.
    """
    token = read_token(access_token, ACCESS)
    if token is None:
        return None
    lacking, instants = lacking_consents("session.customer_id", at)
    with connection.cursor() as cursor:
        cursor.execute(open_session_sql(lacking), [*instants, token.row_id, token.customer_id, at])
        row = cursor.fetchone()
    if row is None:
        return None
    session = loaded(DeviceSession, row)
    session.customer = loaded(Customer, row[width(DeviceSession) :][: width(Customer)])
    session.device = loaded(Device, row[width(DeviceSession) + width(Customer) : -1])
    setattr(session, LACKS_CONSENTS, row[-1])
    return session if token.opens(session.access_digest) else None


OPEN_SESSION = """
SELECT {columns}, {lacking} FROM accounts_devicesession session
JOIN accounts_customer customer ON customer.id = session.customer_id JOIN accounts_device device ON device.id = session.device_id
WHERE session.id = %s AND session.customer_id = %s AND session.ended_at IS NULL AND session.access_expires_at > %s
"""


@lru_cache(maxsize=4)
def open_session_sql(lacking: str) -> str:
    columns = ", ".join((selection(DeviceSession, "session"), selection(Customer, "customer"), selection(Device, "device")))
    return OPEN_SESSION.format(columns=columns, lacking=lacking)


def lacking_consents(customer: str, at: datetime) -> tuple[str, list[Any]]:
    """Whether the customer named by the SQL expression `customer` lacks a consent that any rule needs: SQL and its values."""
    found = [rule.lacking(customer=customer, at=at) for rule in CONSENTS]
    return " OR ".join(sql for sql, _ in found) or "false", [value for _, values in found for value in values]


def missing_consents(customer_id: uuid.UUID, at: datetime) -> list[dict[str, str | int]]:
    """Every document a customer must agree to before an effect."""
    return [document for rule in CONSENTS for document in rule.missing(customer_id=customer_id, at=at)]


def sessions(customer_id: uuid.UUID) -> QuerySet[DeviceSession]:
    """Open sessions, newest first, with their devices."""
    return DeviceSession.objects.filter(customer_id=customer_id, ended_at=None).select_related("device").order_by("-created_at", "-id")


def is_open(session_id: uuid.UUID) -> bool:
    """Whether a session has not ended."""
    return DeviceSession.objects.filter(pk=session_id, ended_at=None).exists()


def device_index(session_id: uuid.UUID) -> bytes:
    """The keyed hash of the installation a session runs on. Raises NotFound."""
    found = DeviceSession.objects.filter(pk=session_id).values_list("device__installation_index", flat=True).first()
    if found is None:
        raise NotFound()
    return bytes(found)


def installation_of(device_id: uuid.UUID) -> bytes:
    """The keyed hash of the installation behind a device. Raises NotFound."""
    found = Device.objects.filter(pk=device_id).values_list("installation_index", flat=True).first()
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


SHARERS_COUNTED = 50
WHO_ACTS = """
SELECT customer.registered_at, customer.phone_index, paid.phone_index AS payee_phone_index,
  device.id AS device_id, device.installation_index, device.created_at AS device_since,
  (SELECT count(*) FROM (SELECT FROM accounts_device other WHERE other.installation_index = device.installation_index
    AND other.customer_id <> customer.id LIMIT %s) AS others) AS sharers
FROM accounts_customer customer
LEFT JOIN accounts_devicesession session ON session.id = %s AND session.customer_id = customer.id
LEFT JOIN accounts_device device ON device.id = session.device_id
LEFT JOIN accounts_customer paid ON paid.id = %s
WHERE customer.id = %s
"""


def who_acts(customer_id: uuid.UUID, session_id: uuid.UUID | None, payee_id: uuid.UUID | None) -> tuple[str, list[Any]]:
    """One row of what is known of who acts, on which device and to whom, for a room that judges acts: SQL and its values.

    Columns: registered_at, phone_index, payee_phone_index, device_id, installation_index, device_since (first login of this customer
    there), sharers (other customers who logged in there, at most SHARERS_COUNTED, by `accounts_device_shared`). The device's are null
    without a session of the customer, the payee's when `payee_id` is no customer's.
    """
    return WHO_ACTS, [SHARERS_COUNTED, session_id, payee_id, customer_id]
