"""The demo's people while it is performed: how far each has come, and how they approve what they do."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.identity.services import Customer, DeviceSession
from accounts.security import services as security
from accounts.security.queries import pin_free_limit_fen
from config.demo.acts import Intention, NotReady
from config.demo.bank import Person
from core.errors import DomainError
from payments.cashier import queries as cashier
from payments.cashier.services import paying
from payments.cashier.services.funding import Pick
from payments.wallet.services.authority import Intent
from wealth.orders.services import buying

PIN = "250417"


@dataclass
class Life:
    """One customer so far: the session they act in and the cards they bound."""

    person: Person
    customer: Customer | None = None
    session: DeviceSession | None = None
    cards: list[uuid.UUID] = field(default_factory=list)


def customer_of(life: Life) -> Customer:
    if life.customer is None:
        raise NotReady("has not joined")
    return life.customer


def address_of(life: Life) -> str:
    """An internet address of their own, from the block for documentation (RFC 3849)."""
    return f"2001:db8::{life.person.mobile[-8:-4]}:{life.person.mobile[-4:]}"


def card_of(life: Life, wanted: Intention) -> uuid.UUID:
    if not life.cards:
        raise NotReady("has no card")
    return life.cards[wanted.card % len(life.cards)]


def intent_for(life: Life, purpose: str, amount_fen: int, payee: str, at: datetime) -> Intent:
    """The customer's approval: nothing for small amounts, a proof by PIN for others."""
    if amount_fen <= pin_free_limit_fen(customer_of(life).id, at):
        return Intent(customer_of(life).id, session_of(life).id, uuid.uuid4().hex)
    return proof_of(life, purpose, amount_fen, payee, at)


def session_of(life: Life) -> DeviceSession:
    assert life.session is not None, "who has joined has a session"
    return life.session


def proof_of(life: Life, purpose: str, amount_fen: int, payee: str, at: datetime) -> Intent:
    """An approval by PIN, whatever the amount."""
    customer, session, nonce = customer_of(life), session_of(life), uuid.uuid4().hex
    proven = security.prove(
        customer_id=customer.id,
        session_id=session.id,
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
    return Intent(customer.id, session.id, nonce, proven[1])


def ordered(life: Life, product_id: uuid.UUID, fen: int, details: Mapping[str, Any], at: datetime) -> None:
    """Order of a product and pay it from the balance."""
    order = buying.buy(customer_id=customer_of(life).id, product_id=product_id, amount_fen=fen, details=details, at=at)
    assert order.cashier_order_id is not None
    pay_order(life, order.cashier_order_id, at)


def pay_order(life: Life, order_id: uuid.UUID, at: datetime) -> str:
    """Pay an order of the cashier from the balance; returns what came of it."""
    order = cashier.order(order_id)
    intent = intent_for(life, paying.PURPOSE, order.amount_fen, order.public_id, at)
    return paying.pay(intent=intent, order_id=order.id, picks=[Pick("balance")], at=at).result
