"""The demo's shops: opened through the operators' review, with a store, an app, a printed code and the card for payouts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from config.demo.acts import Intention, NotReady
from config.demo.cast import operator, second_look
from config.demo.lives import Life, card_of, customer_of, proof_of
from config.demo.market_plan import TRADES
from core.ids import public_id
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.merchants import licences
from payments.merchants.services import applications, apps, reviewing, stores
from payments.merchants.services.applications import Application
from payments.qr.services import printed

REVIEWER, REVIEWERS = "support", ("support", "risk")
LISTENS = 4
"""Every fourth shop hears notices, at the sandbox bank's receivers."""


@dataclass(frozen=True)
class Shop:
    """A merchant of the demo: the app it takes orders by, its one store and the code printed for it; whether what is paid in its app is
    shared with who sells for it."""

    merchant_id: uuid.UUID
    app_id: uuid.UUID
    store_id: uuid.UUID
    code_id: uuid.UUID
    shares: bool = False


def open_shop(life: Life, wanted: Intention, at: datetime) -> Shop:
    """Apply, be reviewed by two operators, and set up a store, an app and the card that payouts go to."""
    owner, trade = customer_of(life), TRADES[wanted.other]
    first = f"9133{1000 + wanted.other:04d}{2_000_000 + wanted.person:09d}"
    application = Application(
        kind="company",
        name=trade.name,
        short_name=trade.short_name,
        category=trade.category,
        contact_phone=life.person.mobile,
        licence_number=first + licences.check_letter(first),
    )
    merchant = applications.apply(owner_id=owner.id, application=application, at=at)
    reviewing.take_up(merchant_id=merchant.id, reviewer=operator(REVIEWER), at=at)
    payload = {"target": merchant.public_id, "applied_at": merchant.applied_at.isoformat()}
    second_look(reviewing.APPROVE, payload, "Licence and category checked", at, people=REVIEWERS)
    store = stores.add(merchant_id=merchant.id, name=trade.short_name, address=f"人民路 {wanted.person + 1} 号", at=at)
    app = apps.add(owner_id=owner.id, merchant_id=merchant.id, name=f"{trade.short_name} POS", notify_url=hears_at(wanted.other), at=at)
    card = public_id("crd", card_of(life, wanted))
    proof = proof_of(life, applications.CARD_PURPOSE, 0, card, at)
    applications.choose_card(intent=proof, merchant_id=merchant.id, card_id=card_of(life, wanted), at=at)
    code = printed.make(
        owner_id=owner.id, merchant_id=merchant.id, store_id=store.id, app_id=app.id, title=trade.short_name, amount_fen=None, at=at
    )
    return Shop(merchant.id, app.id, store.id, code.id, trade.shares)


def hears_at(number: int) -> str:
    """Where a shop hears news, if it does."""
    return f"{settings.SANDBOX_BANK_URL}/receivers/shop-{number}" if number % LISTENS == 0 else ""


def sold(shop: Shop, wanted: Intention) -> PaymentOrder:
    order = cashier.by_number(shop.merchant_id, shop.app_id, wanted.how)
    if order is None:
        raise NotReady("has no such order")
    return order
