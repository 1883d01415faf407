"""The test payer of a merchant and day: a made-up person of the sandbox bank who becomes a customer and binds the documented card.

A new one each day, so that limits and risk rules of one day never stand in the way of the next. Made by the services everybody uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from uuid import UUID

from django.db import connection

from accounts.identity import queries as identity
from accounts.identity import services as identity_services
from accounts.identity.queries import Customer
from accounts.identity.services import DeviceFacts
from accounts.privacy import queries as privacy_queries
from accounts.privacy import services as privacy
from accounts.security import services as security
from accounts.verification import queries as verification
from accounts.verification import services as verifying
from core.clock.queries import local_day
from core.errors import DomainError
from core.ids import public_id
from payments.cards import calls
from payments.cards import queries as cards
from payments.cards import services as card_services
from payments.channels.sandbox_bank.control import control

CARD_NUMBER = "9901100000000000017"
"""The documented debit card that works, everybody's; it holds 100,000,000.00."""
PIN = "314159"
PATIENCE_S, LOOK_AGAIN_S = 8.0, 0.05


class TrialPayerNotReady(DomainError):
    code = "trial_payer_not_ready"
    status = 503
    en = "The test payer could not be made ready: the sandbox bank did not answer as it should. Nothing was paid; try again."
    zh = "测试付款人未能就绪:沙箱银行未正常应答。本次未付款,请重试。"


class TrialOnly(DomainError):
    code = "trial_only"
    en = "Only what the sandbox's test payer paid or signed can be driven so. Pay or sign it through the sandbox first."
    zh = "仅沙箱测试付款人支付或签署的内容可以这样驱动,请先通过沙箱完成支付或签署。"


@dataclass(frozen=True)
class TrialPayer:
    """Who pays, in which session, with which card (its public id)."""

    customer_id: UUID
    session_id: UUID
    card: str


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    mobile: str


def ready(*, merchant_id: UUID, at: datetime) -> TrialPayer:
    """The merchant's payer of the day, made ready as far as it is not, by one request at a time. Calls the network outside any transaction.

    Raises TrialPayerNotReady, ControlRefused.
    """
    person = person_of(merchant_id, at)
    with alone(person):
        customer, session_id = customer_ready(person, at)
        found = cards.live_cards(customer.id).first()
        card = found.public_id if found is not None else bind(customer, person, at)
    return TrialPayer(customer.id, session_id, card)


@contextmanager
def alone(person: Person) -> Iterator[None]:
    """Hold a person for a block, against every process; the lock is the connection's and no transaction is open. Raises TrialPayerNotReady
    where another has them for longer than PATIENCE_S."""
    until, key = monotonic() + PATIENCE_S, [f"trial:{person.mobile}"]
    while not asked_database("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key):
        if monotonic() >= until:
            raise TrialPayerNotReady()
        sleep(LOOK_AGAIN_S)
    try:
        yield
    finally:
        asked_database("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def asked_database(statement: str, values: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.fetchone()[0])


def customer_ready(person: Person, at: datetime) -> tuple[Customer, UUID]:
    """The person as a verified customer, and a session of theirs."""
    customer = identity.by_phone(person.mobile) or registered(person, at)
    session = identity_services.open_session(customer=customer, device=DeviceFacts(f"trial-{person.mobile}", "Trial phone", "ios"), at=at)
    agree(customer, session.session.id, at)
    if verification.account_class(customer.id, at) < 1:
        verify(customer, person, at)
    return customer, session.session.id


def of_day(*, merchant_id: UUID, at: datetime) -> UUID | None:
    """The customer who is or was the merchant's payer on the day of `at`. Calls the network. Raises ControlRefused."""
    found = identity.by_phone(person_of(merchant_id, at).mobile)
    return None if found is None else found.id


@dataclass(frozen=True)
class TrialReceiver:
    """Who gets parts of splits, in which session, and the name the account is in."""

    customer_id: UUID
    session_id: UUID
    name: str


def receiver_ready(*, merchant_id: UUID, at: datetime) -> TrialReceiver:
    """The merchant's receiver of the day, who has no card. Calls the network. Raises TrialPayerNotReady, ControlRefused."""
    person = person_of(merchant_id, at, role="receiver")
    with alone(person):
        customer, session_id = customer_ready(person, at)
    return TrialReceiver(customer.id, session_id, person.name)


def person_of(merchant_id: UUID, at: datetime, *, role: str = "trial") -> Person:
    """The same one all day."""
    seed = f"{role}:{public_id('mch', merchant_id)}:{local_day(at)}"
    [row] = control("POST", "/control/people", {"count": 1, "seed": seed, "debit_cards": 0})["people"]
    return Person(row["name"], row["id_number"], row["mobile"])


def registered(person: Person, at: datetime) -> Customer:
    customer = identity_services.register(phone=person.mobile, at=at)
    security.set_pin(customer_id=customer.id, pin=PIN, at=at)
    return customer


def proof(who: TrialPayer | TrialReceiver, *, purpose: str, amount_fen: int, payee: str, nonce: str, at: datetime) -> str:
    """The token of a proof by PIN. Raises what `security.prove` refuses with."""
    proven = security.prove(
        customer_id=who.customer_id,
        session_id=who.session_id,
        method="pin",
        secret=PIN,
        purpose=purpose,
        amount_fen=amount_fen,
        payee=payee,
        nonce=nonce,
        at=at,
    )
    if isinstance(proven, DomainError):
        raise proven
    return proven[1]


def agree(customer: Customer, session_id: UUID, at: datetime) -> None:
    for document in privacy_queries.missing_consents(customer.id, at):
        privacy.give_consent(customer_id=customer.id, session_id=session_id, kind=document.kind, version=document.version, at=at)


def verify(customer: Customer, person: Person, at: datetime) -> None:
    check = verifying.request_check(customer_id=customer.id, name=person.name, id_number=person.id_number, at=at)
    verifying.ask(check_id=check.id, at=at)
    if verification.account_class(customer.id, at) < 1:
        raise TrialPayerNotReady()


def bind(customer: Customer, person: Person, at: datetime) -> str:
    """The documented card, with the code that the bank's inbox shows."""
    binding = card_services.start_binding(customer_id=customer.id, card_number=CARD_NUMBER, mobile=person.mobile, at=at)
    calls.start(binding=binding, card_number=CARD_NUMBER, mobile=person.mobile, at=at)
    messages = control("GET", f"/control/messages?mobile={person.mobile}&limit=1", {})["messages"]
    if not messages:
        raise TrialPayerNotReady()
    verifying_now = card_services.confirm_binding(customer_id=customer.id, binding_id=binding.id, at=at)
    bound = calls.confirm(binding=verifying_now, sms_code=str(messages[0]["code"]), at=at)
    if bound.card_id is None:
        raise TrialPayerNotReady()
    return public_id("crd", bound.card_id)
