"""Opening a dispute: room on the order is checked and the merchant's money frozen."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from core.errors import DomainError
from core.ids import new_id, public_id
from core.outbox import services as outbox
from core.outbox.services import Payload
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import orders
from payments.cashier.services.refunding import REFUNDABLE
from payments.disputes import queries
from payments.disputes.models import Dispute
from payments.disputes.services import freezing
from payments.disputes.states import OpenedBy
from payments.merchants import queries as merchants
from payments.refunds import queries as refunds
from payments.refunds.services import asking


class OrderNotDisputable(DomainError):
    code = "order_not_disputable"
    en = "Only a paid order that is not refunded in full can be disputed; this one is {state}."
    zh = "仅已支付且未全额退款的订单可以发起争议,当前订单状态为 {state}。"


class OrderPaysNoMerchant(DomainError):
    code = "order_pays_no_merchant"
    en = "This order pays no merchant, so there is nobody to dispute it with. Turn to what it bought."
    zh = "该订单并非付款给商户,无法发起争议,请在所购产品处办理。"


class DisputeOpen(DomainError):
    code = "dispute_open"
    en = "This order is in dispute ({dispute}). Wait until that is decided; what the payer is owed is paid by it."
    zh = "该订单存在处理中的争议({dispute}),请等待争议处理完成,应退款项将随争议结果处理。"


class DisputedBefore(DomainError):
    code = "dispute_had"
    en = "You have disputed this order before. Write to customer service if there is something new."
    zh = "您已对该订单发起过争议。如有新的情况,请联系客服。"


class DisputeTooLate(DomainError):
    code = "dispute_too_late"
    en = "This order was paid more than {days} days ago and can no longer be disputed here."
    zh = "该订单支付已超过 {days} 天,无法再发起争议。"


class DisputeTooMuch(DomainError):
    """`left` in fen: paid, less what went back and what is on its way."""

    code = "dispute_exceeds_order"
    status = 422
    en = "At most {left} fen of this order can be disputed: the rest went back or is on its way back."
    zh = "该订单最多可对 {left} 分发起争议,其余款项已退回或正在退回。"


@dataclass(frozen=True)
class NewDispute:
    """What is claimed. `opener`: cus_ or staff:. `bank_reference`: the bank's number of a chargeback; `taken_by_bank`: it took the money
    already. `amount_fen` None: all that is left of the order."""

    kind: str
    words: str
    opened_by: str
    opener: str
    amount_fen: int | None = None
    bank_reference: str = ""
    taken_by_bank: bool = False


@transaction.atomic
def open_dispute(*, order_id: uuid.UUID, wanted: NewDispute, at: datetime) -> Dispute:
    """Open a dispute of a paid order. From here on the order is not refunded otherwise, and the merchant's part is frozen: what it does not
    have now is asked for again.

    Raises NotFound, OrderNotDisputable, DisputeOpen, DisputedBefore, DisputeTooLate, DisputeTooMuch, LedgerHalted,
    NoOpenDay.
    """
    order, terms = orders.locked(order_id), queries.terms_in_force(at)
    refuse_undisputable(order, wanted, terms.open_days, at)
    left = left_of(order, wanted.taken_by_bank)
    assert order.payer_id is not None, "a paid order has a payer"
    amount_fen = left if wanted.amount_fen is None else wanted.amount_fen
    if not 0 < amount_fen <= left:
        raise DisputeTooMuch(field="amount", left=left)
    returned = merchants.terms_in_force(order.seller_id, at).fee_returned_on_refund
    wanted_fen = amount_fen - (asking.fee_back(order, amount_fen) if returned else 0)
    dispute = Dispute(
        id=new_id(),
        order_id=order.id,
        merchant_id=order.seller_id,
        app_id=order.seller_app_id,
        payer_id=order.payer_id,
        shard=order.shard,
        opened_by=wanted.opened_by,
        opener=wanted.opener,
        kind=wanted.kind,
        words=wanted.words,
        amount_fen=amount_fen,
        wanted_fen=wanted_fen,
        short_fen=wanted_fen,
        taken_by_bank=wanted.taken_by_bank,
        bank_reference=wanted.bank_reference,
        answer_due_at=at + timedelta(days=terms.answer_days),
        asked_at=at,
        created_at=at,
        changed_at=at,
    )
    dispute.save(force_insert=True)
    publish("dispute.opened", dispute, at)
    freezing.freeze(dispute, at)
    if dispute.short_fen:
        freezing.note_short(dispute, at)
    return dispute


def refuse_undisputable(order: PaymentOrder, wanted: NewDispute, open_days: int, at: datetime) -> None:
    if order.payee:
        raise OrderPaysNoMerchant()
    if order.state not in REFUNDABLE:
        raise OrderNotDisputable(state=order.merchant_state)
    open_one = queries.open_of_order(order.id)
    if open_one is not None:
        raise DisputeOpen(dispute=open_one.public_id)
    if wanted.opened_by != OpenedBy.PAYER:
        return
    if queries.had_by_payer(order.id):
        raise DisputedBefore()
    assert order.paid_at is not None
    if at > order.paid_at + timedelta(days=open_days):
        raise DisputeTooLate(days=open_days)


def left_of(order: PaymentOrder, taken_by_bank: bool) -> int:
    """What of a locked order did not go back and is not on its way; of its external leg alone where the bank took it."""
    if not taken_by_bank:
        return order.amount_fen - order.refunded_fen - order.refunding_fen
    on_the_way = refunds.on_the_way(order.id)
    external = [leg for leg in cashier.paid_legs(order.id) if leg.external]
    return sum(leg.amount_fen - leg.refunded_fen - on_the_way.get(leg.id, 0) for leg in external)


def publish(topic: str, dispute: Dispute, at: datetime, **facts: str | int | bool) -> None:
    """News of a dispute, in order with its order's."""
    payload: Payload = {
        "dispute": dispute.public_id,
        "order": dispute.order_public_id,
        "merchant": dispute.merchant_public_id,
        "app": public_id("app", dispute.app_id),
        "payer": public_id("cus", dispute.payer_id),
        "kind": dispute.kind,
        "opened_by": dispute.opened_by,
        "amount_fen": dispute.amount_fen,
        "currency": dispute.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=dispute.merchant_id, payload=payload, at=at, key=dispute.order_public_id)
