"""Reads of codes, and what any of them leads to."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.verification import queries as verification
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import parse_public_id
from core.limits import queries as limits
from payments.cashier import queries as orders
from payments.cashier.queries import PaymentOrder
from payments.cashier.states import KEPT, OrderState
from payments.merchants.queries import MerchantApp
from payments.merchants.states import Scene
from payments.qr import digits
from payments.qr.models import PayerCode, QrCode, terms_in_force
from payments.qr.states import CodeResult, PayerCodeState, PhoneResult, QrCodeState

STATIC_COUNTER = "qr_static"
REFUSED = ("payer_short", "payer_declined")


def payer_code(customer_id: uuid.UUID, code_id: uuid.UUID) -> PayerCode:
    """A code of the customer's, with its order. Raises NotFound."""
    found = PayerCode.objects.select_related("order").filter(pk=code_id, customer_id=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def with_order(code_id: uuid.UUID) -> PayerCode:
    return PayerCode.objects.select_related("order").get(pk=code_id)


def code_of_order(order_id: uuid.UUID) -> PayerCode | None:
    """The shown code an order was made of."""
    return PayerCode.objects.filter(order_id=order_id).first()


def by_number(app: MerchantApp, out_trade_no: str) -> PayerCode:
    """The code read for an order of an app, with that order. Raises NotFound, also for orders in which none was read."""
    order = orders.by_number(app.merchant_id, app.id, out_trade_no)
    code = None if order is None else PayerCode.objects.select_related("order").filter(order_id=order.id).first()
    if code is None:
        raise NotFound()
    return code


def result(code: PayerCode) -> CodeResult:
    """What a used code came to, by its order."""
    order = code.order
    assert order is not None, "a used code has its order"
    state = OrderState(order.state)
    if state in KEPT:
        whole = order.refunded_fen + order.refunding_fen == order.amount_fen
        return (CodeResult.REFUNDING if order.refunding_fen else CodeResult.REFUNDED) if whole else CodeResult.PAID
    if state == OrderState.CREATED and code.state == PayerCodeState.TO_CONFIRM:
        return CodeResult.USER_CONFIRMING
    if state in (OrderState.CREATED, OrderState.PAYING, OrderState.CLOSING):
        return CodeResult.PROCESSING
    return CodeResult.REFUSED if order.code in REFUSED else CodeResult.CLOSED


ON_PHONE = {
    CodeResult.PROCESSING: PhoneResult.PROCESSING,
    CodeResult.USER_CONFIRMING: PhoneResult.CONFIRM,
    CodeResult.PAID: PhoneResult.PAID,
    CodeResult.REFUNDING: PhoneResult.PAID,
    CodeResult.REFUNDED: PhoneResult.PAID,
    CodeResult.REFUSED: PhoneResult.REFUSED,
    CodeResult.CLOSED: PhoneResult.CLOSED,
}


def on_phone(code: PayerCode, at: datetime) -> PhoneResult:
    """What the phone that shows the code says."""
    if code.order_id is None:
        return PhoneResult.WAITING if at < code.expires_at else PhoneResult.EXPIRED
    return ON_PHONE[result(code)]


def code(code_id: uuid.UUID) -> QrCode:
    """A printed code with its merchant and store. Raises NotFound."""
    found = QrCode.objects.select_related("merchant", "store").filter(pk=code_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(code_id: uuid.UUID) -> QrCode:
    """Raises NotFound."""
    found = QrCode.objects.select_for_update().filter(pk=code_id).first()
    if found is None:
        raise NotFound()
    return found


def codes(merchant_id: uuid.UUID) -> QuerySet[QrCode]:
    """The printed codes of a merchant, newest first."""
    return QrCode.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def in_use(merchant_id: uuid.UUID) -> int:
    return codes(merchant_id).filter(state=QrCodeState.ACTIVE).count()


def person(customer_id: uuid.UUID) -> uuid.UUID:
    """Whose day counts: the person's, as far as they are known."""
    return verification.person(customer_id) or customer_id


def left_today(customer_id: uuid.UUID, at: datetime) -> int:
    """What a person may still pay today by printed codes."""
    taken = limits.used(counter=STATIC_COUNTER, owner=person(customer_id), period=local_day(at).isoformat())
    return max(terms_in_force(at).static_fen_per_day - taken, 0)


@dataclass(frozen=True)
class Scanned:
    """What a code leads to: an order to pay, a printed code to type an amount for, or another person's payment code."""

    kind: str
    order: PaymentOrder | None = None
    printed: QrCode | None = None
    left_today: int | None = None


def resolve(customer_id: uuid.UUID, text: str, at: datetime) -> Scanned:
    """Raises NotFound for what is no code of ours, and for an order that is another's."""
    said = digits.read(text)
    if digits.SHAPE.match(said):
        return Scanned("payer_code")
    if said.startswith(f"{QrCode.PREFIX}_"):
        return Scanned("static", printed=code(parse_public_id(QrCode.PREFIX, said)), left_today=left_today(customer_id, at))
    order = orders.payable_by(customer_id, parse_public_id(PaymentOrder.PREFIX, said))
    if order.scene != Scene.QR_DYNAMIC and order.payer_id != customer_id:
        raise NotFound()
    return Scanned("order", order=order)
