"""What the room of refunds does to an order: take room for a refund, then end it or give it up. The order's own counts are the guard."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.ledger.legs import Leg
from core.errors import DomainError
from core.moves import advance
from payments.cashier import queries
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import funding, orders
from payments.cashier.sockets import source_of
from payments.cashier.states import ORDER_MOVES, OrderState

REFUNDABLE = (OrderState.PAID, OrderState.PARTIALLY_REFUNDED)


class OrderNotRefundable(DomainError):
    code = "order_not_refundable"
    en = "Only a paid order that is not refunded in full can be refunded; this one is {state}."
    zh = "仅已支付且未全额退款的订单可以退款,当前订单状态为 {state}。"


class RefundTooMuch(DomainError):
    """`left` in fen: paid, less what went back and what is on its way."""

    code = "refund_exceeds_order"
    status = 422
    en = "At most {left} fen of this order can still be refunded. Refund that much or less."
    zh = "该订单最多还可退款 {left} 分,请减少退款金额。"


@transaction.atomic
def begin(*, order_id: uuid.UUID, amount_fen: int, at: datetime) -> PaymentOrder:
    """Take room for a refund. The order stays locked to the end of the caller's transaction.

    Raises NotFound, OrderNotRefundable, RefundTooMuch.
    """
    order = orders.locked(order_id)
    if order.state not in REFUNDABLE:
        raise OrderNotRefundable(state=order.merchant_state)
    left = order.amount_fen - order.refunded_fen - order.refunding_fen
    if amount_fen > left:
        raise RefundTooMuch(field="amount", left=left)
    return keep(order, at, refunding_fen=order.refunding_fen + amount_fen, refunds=order.refunds + 1)


@transaction.atomic
def give_up(*, order_id: uuid.UUID, amount_fen: int, at: datetime) -> PaymentOrder:
    """A refund that `begin` took room for will not be: its room is free again, and it does not count."""
    order = orders.locked(order_id)
    return keep(order, at, refunding_fen=order.refunding_fen - amount_fen, refunds=order.refunds - 1)


@transaction.atomic
def finish(*, order_id: uuid.UUID, parts: Mapping[uuid.UUID, int], refund_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """A refund that `begin` took room for is done: `parts` says how many fen of which leg went back. Its sources are told.

    In the transaction that posts its journal (`credits_of`), before that posting.
    """
    order, done = orders.locked(order_id), sum(parts.values())
    for leg, attempt in paid_by(order, parts):
        fen = parts[leg.id]
        FundingLeg.objects.filter(pk=leg.id).update(refunded_fen=leg.refunded_fen + fen, changed_at=at)
        facts = funding.leg_facts(leg=leg, attempt=attempt, order=order)
        source_of(leg.source, discount=leg.discount).refunded(leg=facts, amount_fen=fen, refund_id=refund_id, at=at)
    counts: dict[str, Any] = {"refunded_fen": order.refunded_fen + done, "refunding_fen": order.refunding_fen - done}
    to = OrderState.REFUNDED if counts["refunded_fen"] == order.amount_fen else OrderState.PARTIALLY_REFUNDED
    return keep(order, at, **counts) if order.state == to else advance(order, to, moves=ORDER_MOVES, at=at, **counts)


def credits_of(*, order: PaymentOrder, parts: Mapping[uuid.UUID, int]) -> Sequence[Leg]:
    """The sources' own credits for what goes back of each leg."""
    found: list[Leg] = []
    for leg, attempt in paid_by(order, parts):
        facts = funding.leg_facts(leg=leg, attempt=attempt, order=order)
        given = list(source_of(leg.source, discount=leg.discount).refund_legs(leg=facts, amount_fen=parts[leg.id]))
        funding.assert_sum(leg, given, parts[leg.id])
        found += given
    return found


def paid_by(order: PaymentOrder, parts: Mapping[uuid.UUID, int]) -> list[tuple[FundingLeg, PaymentAttempt]]:
    """The legs of `parts` among those the order was paid from, with their one attempt."""
    legs = [leg for leg in queries.paid_legs(order.id) if leg.id in parts]
    assert len(legs) == len(parts), "a refund takes from the legs an order was paid from"
    attempt = PaymentAttempt.objects.get(pk=legs[0].attempt_id)
    return [(leg, attempt) for leg in legs]


def keep(order: PaymentOrder, at: datetime, **counts: int) -> PaymentOrder:
    """Write counts of a locked order; its state stays."""
    PaymentOrder.objects.filter(pk=order.pk).update(**counts, changed_at=at)
    for name, value in counts.items():
        setattr(order, name, value)
    return order
