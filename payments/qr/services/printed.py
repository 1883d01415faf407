"""Codes printed for a store: made and revoked by the merchant's owner, scanned by payers, who get an order of their own to pay."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.audit import services as audit
from core.ids import new_id
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.moves import WrongState, advance
from core.outbox import services as outbox
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import orders
from payments.cashier.services.orders import NewOrder, StoreClosed
from payments.merchants import queries as merchants
from payments.merchants.states import AppState, Scene, StoreState
from payments.qr import queries
from payments.qr.models import QrCode, terms_in_force
from payments.qr.refusals import QrAmountFixed, QrAmountMissing, QrCodeRevoked, StaticDayLimit, TooManyQrCodes
from payments.qr.services.showing import count_minute
from payments.qr.states import QR_CODE_MOVES, QrCodeState
from payments.wallet.services import parties

CODES = CapKind("qr.codes", _("Printed codes in use of one merchant"), usual=500, most=100_000)
SCANNED_COUNTER = "qr_scanned"
TIME = CapKind("qr.minutes_to_pay", _("Time to pay an order made by scanning a printed code"), usual=10, most=1440, unit=Unit.MINUTES)


@transaction.atomic
def make(
    *, owner_id: uuid.UUID, merchant_id: uuid.UUID, store_id: uuid.UUID, app_id: uuid.UUID, title: str, amount_fen: int | None, at: datetime
) -> QrCode:
    """A code for a store of an own merchant, whose orders are `app_id`'s. One at a time for a merchant: they are counted.

    Raises NotFound, MerchantNotSelling, StoreClosed, WrongState (a stopped app), TooManyQrCodes.
    """
    merchant = merchants.own_merchant(owner_id, merchant_id)
    merchants.require_selling(merchant.id)
    store, app = merchants.store(merchant.id, store_id), merchants.app_of(merchant.id, app_id)
    if store.state != StoreState.OPEN:
        raise StoreClosed(field="store_id")
    if app.state != AppState.ACTIVE:
        raise WrongState(state=app.state, wanted=AppState.ACTIVE)
    merchants.hold_back([merchant.id])
    most = cap(CODES, at)
    if queries.in_use(merchant.id) >= most:
        raise TooManyQrCodes(most=most)
    made = QrCode.objects.create(
        merchant_id=merchant.id, store=store, app=app, title=title, amount_fen=amount_fen, created_at=at, changed_at=at
    )
    tell("qr_code.made", made, at)
    return made


@transaction.atomic
def revoke(*, code_id: uuid.UUID, at: datetime, by: str, reason: str = "") -> QrCode:
    """Take no more payments by a printed code; orders already made of it live on. Raises NotFound, WrongState."""
    code = queries.locked(code_id)
    advance(code, QrCodeState.REVOKED, moves=QR_CODE_MOVES, at=at)
    audit.record(actor=by, act="qr_code.revoke", target=code.public_id, reason=reason, details={}, at=at)
    tell("qr_code.revoked", code, at)
    return code


def tell(topic: str, code: QrCode, at: datetime) -> None:
    payload: outbox.Payload = {"qr_code": code.public_id, "merchant": code.merchant_public_id, "store": code.store_public_id}
    outbox.publish(topic=topic, owner=code.merchant_id, payload=payload, at=at)


@transaction.atomic
def scan(*, customer_id: uuid.UUID, code_id: uuid.UUID, amount_fen: int | None, at: datetime) -> PaymentOrder:
    """An order of the scanning customer's own, to be paid at the cashier.

    Raises NotFound, QrCodeRevoked, QrAmountMissing, QrAmountFixed, StaticDayLimit (it could never be paid today), TooManyRequests,
    CustomerNotActive, and what `orders.create` raises.
    """
    parties.require_active(customer_id)
    code, terms = queries.code(code_id), terms_in_force(at)
    if code.state != QrCodeState.ACTIVE:
        raise QrCodeRevoked()
    fen = asked(code, amount_fen)
    if fen > terms.static_fen_per_day:
        raise StaticDayLimit(field="amount", cap=terms.static_fen_per_day, remaining=queries.left_today(customer_id, at))
    count_minute(customer_id, SCANNED_COUNTER, terms, at)
    wanted = NewOrder(
        out_trade_no=f"QR{new_id().hex}",
        amount_fen=fen,
        subject=code.title,
        scene=Scene.QR_STATIC,
        store_id=code.store_id,
        attach=code.public_id,
        life=timedelta(minutes=cap(TIME, at)),
    )
    return orders.assign(orders.create(app=merchants.app(code.app_id), wanted=wanted, at=at), customer_id, at)


def asked(code: QrCode, amount_fen: int | None) -> int:
    """What is to be paid. Raises QrAmountMissing, QrAmountFixed."""
    if code.amount_fen is None:
        if amount_fen is None:
            raise QrAmountMissing(field="amount")
        return amount_fen
    if amount_fen not in (None, code.amount_fen):
        raise QrAmountFixed(field="amount", amount=code.amount_fen)
    return code.amount_fen
