"""People and calls for tests, made by the platform's own services. Everybody may extend it."""

import itertools
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from accounts.identity import services as identity
from accounts.identity.models import Customer, DeviceSession
from accounts.privacy import queries as privacy
from accounts.privacy.models import Consent
from accounts.security import services as security
from accounts.verification import services as verification
from accounts.verification.id_numbers import check_character
from accounts.verification.sockets import VERIFIERS, VerifyResult
from core.clock import queries as clock

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PIN = "719246"
NAMES = ["林小满", "陈立夏", "王白露", "周霜降", "赵谷雨"]
numbers = itertools.count(1)
phones = itertools.count(secrets.randbelow(10**8))


@dataclass
class RecordingVerifier:
    """An outside authority that answers as told and remembers what it was asked."""

    answer: VerifyResult = VerifyResult.MATCH
    asked: list[dict[str, str]] = field(default_factory=list)

    def verify(self, *, name: str, id_number: str, mobile: str, request_no: str) -> VerifyResult:
        self.asked.append({"name": name, "id_number": id_number, "mobile": mobile, "request_no": request_no})
        return self.answer


@dataclass
class RecordingSms:
    """An SMS operator that remembers what it was handed."""

    sent: list[dict[str, str]] = field(default_factory=list)

    def send(self, *, mobile: str, text: str, request_no: str) -> None:
        self.sent.append({"mobile": mobile, "text": text, "request_no": request_no})


@contextmanager
def plugged(socket: Any, plug: Any, name: str = "test") -> Iterator[Any]:
    """A socket with this plug alone, for the time of a block."""
    before = dict(socket.plugs)
    socket.plugs.clear()
    socket.plug(name, plug)
    try:
        yield plug
    finally:
        socket.plugs.clear()
        socket.plugs.update(before)


def new_phone() -> str:
    """A mainland number nobody has in this test run: all eight digits are counted on from a place of this process's own, in big steps, so
    that processes on one database hardly ever meet."""
    return f"+86199{next(phones) * 61_803_399 % 10**8:08d}"


def id_number(serial: int | None = None, born_on: date = date(1990, 3, 7)) -> str:
    """A well-formed identity number of an invented person (area 110000 is used by nobody)."""
    first = f"110000{born_on:%Y%m%d}{(next(numbers) if serial is None else serial) % 1000:03d}"
    return first + check_character(first)


def customer(
    *,
    phone: str | None = None,
    at: datetime | None = None,
    verified_class: int | None = 2,
    pin: str | None = None,
    number: str | None = None,
    consents: bool = True,
) -> Customer:
    """A registered customer who agreed to what is required, verified to the class (None: not at all), with a PIN when one is given
    (a hash takes 30 ms)."""
    at = at or clock.now()
    made = identity.register(phone=phone or new_phone(), at=at)
    if consents:
        agree(made, at=at)
    if verified_class:
        verify(made, verified_class, at=at, number=number)
    if pin:
        security.set_pin(customer_id=made.id, pin=pin, at=at)
    return made


def agree(made: Customer, *, at: datetime | None = None) -> None:
    """Rows as `give_consent` leaves them, without a session, for every required document."""
    at = at or clock.now()
    documents = privacy.missing_consents(made.id, at)
    Consent.objects.bulk_create(Consent(customer=made, document=document, created_at=at) for document in documents)


def verify(made: Customer, verified_class: int, *, at: datetime, number: str | None = None) -> None:
    """Pass the real-name check, and as many bank checks as the class needs."""
    check = verification.request_check(customer_id=made.id, name=NAMES[0], id_number=number or unique_id_number(), at=at)
    with plugged(VERIFIERS, RecordingVerifier()):
        verification.ask(check_id=check.id, at=at)
    for place in range({1: 0, 2: 2, 3: 4}[verified_class]):
        verification.record_evidence(customer_id=made.id, kind="card", source=f"bank:{place}", reference=f"test-{place}", at=at)


def unique_id_number() -> str:
    """Days of birth and serials drawn so that parallel and repeated runs do not meet."""
    draw = uuid.uuid4().int
    return id_number(draw % 1000, date(1960, 1, 1) + timedelta(days=draw // 1000 % 14_000))


def open_session(made: Customer, *, at: datetime | None = None, installation: str = "test-phone") -> identity.Login:
    """A device session with its tokens, as a login gives it."""
    return identity.open_session(customer=made, device=identity.DeviceFacts(installation, "Test phone", "ios"), at=at or clock.now())


def login(made: Customer, *, at: datetime | None = None, installation: str = "test-phone") -> str:
    """An access token."""
    return open_session(made, at=at, installation=installation).access_token


class Client(APIClient):
    """JSON in and out; every POST carries a fresh Idempotency-Key unless one is given."""

    session: DeviceSession | None = None

    def post(self, path: str, data: Any = None, *, key: str | None = None, **extra: Any) -> Any:
        extra.setdefault("headers", {})
        extra["headers"] = {"Idempotency-Key": key or uuid.uuid4().hex} | extra["headers"]
        return super().post(path, {} if data is None else data, format="json", **extra)

    def patch(self, path: str, data: Any = None, **extra: Any) -> Any:
        return super().patch(path, data, format="json", **extra)


def api(made: Customer | None = None, *, at: datetime | None = None, installation: str = "test-phone") -> Client:
    """A client, logged in as the customer when one is given; its `session` is the device session."""
    client = Client()
    if made is not None:
        opened = open_session(made, at=at, installation=installation)
        client.session = opened.session
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.access_token}")
    return client


def proof(
    made: Customer,
    session: DeviceSession,
    *,
    purpose: str,
    amount_fen: int = 0,
    payee: str = "",
    nonce: str = "n",
    at: datetime | None = None,
) -> str:
    """The token of a step-up proof by PIN (the customer needs the PIN)."""
    proven = security.prove(
        customer_id=made.id,
        session_id=session.id,
        method="pin",
        secret=PIN,
        purpose=purpose,
        amount_fen=amount_fen,
        payee=payee,
        nonce=nonce,
        at=at or clock.now(),
    )
    if isinstance(proven, Exception):
        raise proven
    return proven[1]


def text_proof(made: Customer, session: DeviceSession, *, purpose: str, nonce: str = "n", at: datetime | None = None) -> str:
    """The token of a step-up proof by text code, for an act without amount and payee."""
    who = {"customer_id": made.id, "session_id": session.id, "purpose": purpose, "amount_fen": 0, "payee": "", "nonce": nonce}
    at = at or clock.now()
    code = security.request_step_up_code(**who, address="", at=at).code
    proven = security.prove(**who, method="sms", secret=code, at=at)
    if isinstance(proven, Exception):
        raise proven
    return proven[1]
