"""Wallets for tests: an open business day, customers with money on their balance, and what they have left."""

import uuid
from datetime import datetime

from accounts.identity.models import Customer, DeviceSession
from accounts.ledger import services as ledger
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from payments.wallet import journals, queries
from payments.wallet.models import WalletTerms
from payments.wallet.services.authority import Intent
from tests.factories import PIN, customer, open_session, proof

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
    """New terms from now on; what is not named stays as in the first ones."""
    first = WalletTerms.objects.order_by("starts_at").first()
    assert first is not None
    fields = {
        "free_fen_per_month": first.free_fen_per_month,
        "fee_bp": first.fee_bp,
        "fee_min_fen": first.fee_min_fen,
        "fee_cap_fen": first.fee_cap_fen,
        "acceptance_hours": first.acceptance_hours,
        "top_up_hours": first.top_up_hours,
    }
    WalletTerms.objects.filter(starts_at__gt=datetime(2020, 1, 1, tzinfo=first.starts_at.tzinfo)).delete()
    return WalletTerms.objects.create(starts_at=datetime(2020, 6, 1, tzinfo=first.starts_at.tzinfo), **(fields | changes))
