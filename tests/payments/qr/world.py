"""Terminals, phones that show codes, and codes printed for a store."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from accounts.identity.models import Customer, DeviceSession
from core.clock import queries as clock
from core.outbox import services as outbox
from payments.cashier.services.orders import NewOrder
from payments.merchants.models import MerchantApp, Store
from payments.merchants.services import stores
from payments.merchants.states import Scene
from payments.qr import outbound as qr_outbound
from payments.qr.models import PayerCode, QrCode, QrTerms
from payments.qr.services import charging, printed, showing
from tests.factories import open_session
from tests.payments.cashier.world import Shop
from tests.rules import newer

LIFE = timedelta(minutes=5)


def phone(who: Customer) -> DeviceSession:
    return open_session(who, installation=uuid.uuid4().hex).session


def show(who: Customer, *, session: DeviceSession | None = None, at: datetime | None = None) -> str:
    """The digits on a phone of theirs."""
    session = session or phone(who)
    return showing.show(customer_id=who.id, session_id=session.id, at=at or clock.now())[1]


def wanted(fen: int, **facts: Any) -> NewOrder:
    said = {"out_trade_no": uuid.uuid4().hex, "amount_fen": fen, "subject": "Two coffees", "scene": Scene.QR_PAYER, "life": LIFE}
    return NewOrder(**(said | facts))


def read(app: MerchantApp, code: str, order: NewOrder, *, at: datetime | None = None) -> PayerCode:
    """A terminal reads a code, and the bank is asked where it must be."""
    at = at or clock.now()
    row = charging.charge(app=app, auth_code=code, wanted=order, at=at)
    return qr_outbound.ask(code_id=row.id, at=at)


def hear() -> None:
    """Every event that is due reaches its handlers."""
    outbox.run_pending(at=clock.now())


def store_of(where: Shop) -> Store:
    return stores.add(merchant_id=where.merchant.id, name="Riverside shop", address="1 Riverside Road", at=clock.now())


def print_code(where: Shop, *, fen: int | None = None, store: Store | None = None) -> QrCode:
    return printed.make(
        owner_id=where.merchant.owner_id,
        merchant_id=where.merchant.id,
        store_id=(store or store_of(where)).id,
        app_id=where.app.id,
        title="Riverside, till 2",
        amount_fen=fen,
        at=clock.now(),
    )


def terms(**changes: int) -> QrTerms:
    return newer(QrTerms.objects.latest("starts_at"), **changes)
