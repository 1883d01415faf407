"""Taking orders from merchants, and finding them."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid, NotFound
from core.ids import new_id, shard_of
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.outbox import services as outbox
from core.outbox.services import Payload
from payments.cashier import queries, sockets
from payments.cashier.models import PaymentOrder
from payments.cashier.sockets import PayeeOrder
from payments.cashier.states import PRODUCT, OrderState
from payments.merchants import queries as merchants
from payments.merchants.queries import MerchantApp
from payments.merchants.states import Scene, StoreState

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=7)
TIME = CapKind("orders.minutes_to_pay", _("Time to pay an order that names none"), usual=30, most=7 * 1440, unit=Unit.MINUTES)
MOST_TIME = CapKind("orders.hours_to_pay", _("Longest time to pay that a merchant may name"), usual=7 * 24, most=7 * 24, unit=Unit.HOURS)


class OutTradeNoUsed(DomainError):
    code = "out_trade_no_used"
    en = "This out_trade_no stands for another order of your app. Use a new one, or send exactly what you sent first."
    zh = "该 out_trade_no 已用于内容不同的订单,请使用新的订单号,或提交与首次完全相同的内容。"


class PayeeOrderUsed(DomainError):
    code = "payee_order_used"
    en = "This number stands for another order. Send exactly what you sent first, or make a new order."
    zh = "该编号已用于内容不同的订单,请提交与首次完全相同的内容,或重新下单。"


class StoreClosed(DomainError):
    code = "store_closed"
    en = "This store is closed. Open it again, or leave the store out."
    zh = "该门店已停业,请重新启用门店或不指定门店。"


@dataclass(frozen=True)
class NewOrder:
    """What a merchant's app asks for. Fen; `life`: how long it may be paid, None as long as is usual."""

    out_trade_no: str
    amount_fen: int
    subject: str
    scene: str = Scene.IN_APP
    store_id: uuid.UUID | None = None
    attach: str = ""
    notify_url: str = ""
    to_split: bool = False
    life: timedelta | None = None


@transaction.atomic
def create(*, app: MerchantApp, wanted: NewOrder, at: datetime) -> PaymentOrder:
    """A new order, or the one that was made of the very same request before.

    Raises MerchantNotSelling, NotFound (store), StoreClosed, Invalid, OutTradeNoUsed.
    """
    life = timedelta(minutes=cap(TIME, at)) if wanted.life is None else wanted.life
    if not SHORTEST <= life <= LONGEST:
        raise Invalid("expires_in", "An order lives for a minute to seven days.", "订单有效期须为 1 分钟至 7 天。")
    merchants.require_selling(app.merchant_id)
    if wanted.store_id is not None and merchants.store(app.merchant_id, wanted.store_id).state != StoreState.OPEN:
        raise StoreClosed(field="store_id")
    made = PaymentOrder(
        id=new_id(),
        merchant_id=app.merchant_id,
        app_id=app.id,
        store_id=wanted.store_id,
        shard=shard_of(app.merchant_id),
        out_trade_no=wanted.out_trade_no,
        scene=wanted.scene,
        subject=wanted.subject,
        attach=wanted.attach,
        notify_url=wanted.notify_url,
        to_split=wanted.to_split,
        amount_fen=wanted.amount_fen,
        expires_at=at + life,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as clash:
        earlier = queries.by_number(app.merchant_id, app.id, wanted.out_trade_no)
        if earlier is None:
            raise
        if asked_for(earlier) != (wanted if wanted.life is not None else replace(wanted, life=earlier.expires_at - earlier.created_at)):
            raise OutTradeNoUsed(field="out_trade_no") from clash
        return earlier
    publish("order.created", made, at)
    return made


@transaction.atomic
def create_for(
    *, payee: str, payee_order_id: uuid.UUID, customer_id: uuid.UUID, amount_fen: int, subject: str, life: timedelta, at: datetime
) -> PaymentOrder:
    """A new order for a payee, its payer's alone; the same payee's order answers the same again. Raises Invalid, PayeeOrderUsed."""
    sockets.payee_of(payee)
    if not SHORTEST <= life <= LONGEST:
        raise Invalid("expires_in", "An order lives for a minute to seven days.", "订单有效期须为 1 分钟至 7 天。")
    made = PaymentOrder(
        id=new_id(),
        payee=payee,
        payee_order_id=payee_order_id,
        payer_id=customer_id,
        shard=shard_of(customer_id),
        scene=PRODUCT,
        subject=subject,
        amount_fen=amount_fen,
        expires_at=at + life,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as clash:
        earlier = PaymentOrder.objects.filter(payee=payee, payee_order_id=payee_order_id, shard=made.shard).first()
        if earlier is None:
            raise
        if (earlier.payer_id, earlier.amount_fen, earlier.subject) != (customer_id, amount_fen, subject):
            raise PayeeOrderUsed() from clash
        return earlier
    publish("order.created", made, at)
    return made


def payee_facts(order: PaymentOrder) -> PayeeOrder:
    """An order as its payee sees it."""
    assert order.payee_order_id is not None, f"{order.public_id} pays a merchant"
    assert order.payer_id is not None
    return PayeeOrder(
        id=order.id,
        public_id=order.public_id,
        payee=order.payee,
        payee_order_id=order.payee_order_id,
        customer_id=order.payer_id,
        amount_fen=order.amount_fen,
        currency=order.currency,
    )


def tell_closed(order: PaymentOrder, code: str, at: datetime) -> None:
    """News of an order that is over unpaid; its payee hears it in the same transaction, with the order and its payer locked."""
    if order.payee:
        sockets.payee_of(order.payee).closed(order=payee_facts(order), code=code, at=at)
    publish("order.closed", order, at, code=code)


def named_life(seconds: int | None, at: datetime) -> timedelta | None:
    """The time to pay that a merchant names, or None. Raises Invalid past the longest."""
    if seconds is None:
        return None
    hours = cap(MOST_TIME, at)
    if seconds > hours * 3600:
        raise Invalid("expires_in", f"An order lives for {hours} hours at most.", f"订单有效期最长 {hours} 小时。")
    return timedelta(seconds=seconds)


def assign(order: PaymentOrder, payer_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """From now on this customer alone sees and pays an order that nobody began to pay. In the transaction that made it."""
    PaymentOrder.objects.filter(pk=order.pk, payer=None, state=OrderState.CREATED).update(payer_id=payer_id, changed_at=at)
    order.payer_id, order.changed_at = payer_id, at
    return order


def asked_for(order: PaymentOrder) -> NewOrder:
    """The request an order was made of."""
    return NewOrder(
        out_trade_no=order.out_trade_no,
        amount_fen=order.amount_fen,
        subject=order.subject,
        scene=order.scene,
        store_id=order.store_id,
        attach=order.attach,
        notify_url=order.notify_url,
        to_split=order.to_split,
        life=order.expires_at - order.created_at,
    )


def locked(order_id: uuid.UUID) -> PaymentOrder:
    """The order, locked to the end of the caller's transaction: the first lock of every act on it. Raises NotFound."""
    order = PaymentOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound()
    return order


def publish(topic: str, order: PaymentOrder, at: datetime, **facts: str | int) -> None:
    """News of one order, in order. Orders of payees have topics of their own (`cashier.paid_product`), which no merchant's notices follow;
    a late success of any goes back alike."""
    if order.payee and topic != "order.paid_late":
        topic = f"cashier.{topic.removeprefix('order.')}_product"
    payload: Payload = {
        "order": order.public_id,
        "merchant": order.merchant_public_id,
        "payer": order.payer_public_id,
        "scene": order.scene,
        "amount_fen": order.amount_fen,
        "currency": order.currency,
        **facts,
    }
    if order.payee:
        payload |= {"payee": order.payee, "payee_order": str(order.payee_order_id)}
    owner = order.payer_id if order.merchant_id is None else order.merchant_id
    assert owner is not None
    outbox.publish(topic=topic, owner=owner, payload=payload, at=at, key=order.public_id)
