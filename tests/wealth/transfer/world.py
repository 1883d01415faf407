"""Holdings offered and bought by customers who may."""

import uuid
from datetime import datetime
from typing import Any

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from payments.cashier import queries as cashier
from payments.wallet.services.authority import Intent
from tests.factories import open_session, proof
from tests.payments.cashier.world import BALANCE, pay
from tests.payments.wallet.world import intent
from tests.wealth.fixed_term.world import FEN, assert_sound, put_away
from tests.wealth.orders.world import api, saver
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding
from wealth.transfer import journals
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.services import buying, offering

CASH = 300_000


def offered(product: Product, fen: int = FEN, *, premium_bp: int = -10, lot: FixedHolding | None = None) -> TransferOffer:
    """A part of a lot of a new customer's; at a discount with their PIN."""
    lot = lot or put_away(product)
    return offering.offer(intent=approval(lot, fen, premium_bp), holding_id=lot.pk, part_fen=fen, premium_bp=premium_bp, at=clock.now())


def approval(lot: FixedHolding, fen: int, premium_bp: int, *, at: datetime | None = None) -> Intent:
    """What a discount takes (the seller needs the PIN), and no more than a session otherwise."""
    session, nonce = open_session(lot.customer, at=at).session, uuid.uuid4().hex
    if premium_bp >= 0:
        return intent(lot.customer, session)
    named = {"purpose": offering.PURPOSE, "amount_fen": fen, "payee": lot.public_id, "nonce": nonce}
    return intent(lot.customer, session, token=proof(lot.customer, session, **named, at=at), nonce=nonce)


def reserved(offer: TransferOffer, who: Customer | None = None, *, at: datetime | None = None) -> TransferTrade:
    buyer = who or saver(CASH)
    return buying.reserve(customer_id=buyer.id, offer_id=offer.id, at=at or clock.now())


def paid(trade: TransferTrade) -> TransferTrade:
    """From the buyer's balance at the cashier, with the PIN."""
    assert trade.cashier_order_id is not None
    buyer = Customer.objects.get(pk=trade.buyer_id)
    pay(buyer, cashier.order(trade.cashier_order_id), BALANCE, pin=True)
    trade.refresh_from_db()
    return trade


def asked(lot: FixedHolding, fen: int, premium_bp: int = 10) -> dict[str, Any]:
    return {"fixed_holding_id": lot.public_id, "principal": fen, "premium_bp": premium_bp}


def again(offer: TransferOffer) -> TransferOffer:
    offer.refresh_from_db()
    return offer


def assert_conserved(product: Product) -> None:
    """The books balance, lots are what customers have, and nothing stays between buyers and sellers."""
    assert_sound(product)
    assert balance(journals.clearing(product.id)).posted == 0


__all__ = ["api", "saver"]
