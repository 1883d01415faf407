"""Wallets for tests: an open business day, customers with money on their balance, and what they have left."""

import uuid
from datetime import timedelta

from accounts.identity.models import Customer, DeviceSession
from accounts.ledger import services as ledger
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from payments.wallet import journals, queries
from payments.wallet.models import WalletTerms
from payments.wallet.services.authority import Intent
from tests.factories import PIN, customer, open_session, proof
from tests.rules import newer

CHANNEL = "test"


def open_day() -> None:
    """Today is open for postings."""
    business_day.open_first_day(at=clock.now())


def fund(who: Customer, fen: int) -> None:
    """Journal 1, as if a card had paid: through the ledger's own door."""
    legs = journals.top_up(channel=CHANNEL, customer_id=who.id, amount_fen=fen)
    ledger.post(journal_id=new_id(), event=journals.TOP_UP, legs=legs, at=clock.now())


def holder(fen: int = 0, *, verified_class: int | None = 2, pin: bool = False) -> Customer:
    """A customer with `fen` on the balance."""
    made = customer(verified_class=verified_class, pin=PIN if pin else None)
    if fen:
        fund(made, fen)
    return made


def freeze(who: Customer) -> None:
    Customer.objects.filter(pk=who.pk).update(state=Customer.State.FROZEN)


def session_of(who: Customer) -> DeviceSession:
    return open_session(who).session


def intent(who: Customer, session: DeviceSession | None = None, *, token: str = "", nonce: str = "") -> Intent:
    """What a request of `who` carries; without a token only PIN-free amounts pass."""
    return Intent(customer_id=who.id, session_id=session.id if session else uuid.uuid4(), nonce=nonce or uuid.uuid4().hex, token=token)


def proven(who: Customer, *, amount_fen: int, payee: str, purpose: str = "transfer", session: DeviceSession | None = None) -> Intent:
    """An intent with a PIN proof for exactly this (the customer needs the PIN)."""
    session, nonce = session or session_of(who), uuid.uuid4().hex
    token = proof(who, session, purpose=purpose, amount_fen=amount_fen, payee=payee, nonce=nonce)
    return intent(who, session, token=token, nonce=nonce)


def posted(who: Customer) -> int:
    return queries.balance(who.id).posted


def available(who: Customer) -> int:
    return queries.balance(who.id).available


def terms(**changes: int) -> WalletTerms:
    """New terms in force from a day after the newest on; what is not named stays as in the first ones."""
    first, newest = WalletTerms.objects.earliest("starts_at"), WalletTerms.objects.latest("starts_at")
    return newer(first, **({"starts_at": newest.starts_at + timedelta(days=1)} | changes))
