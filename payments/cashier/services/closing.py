"""Closing an order nobody paid: at the channel first, then here."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.identity import queries as identity
from core.errors import DomainError
from core.moves import advance
from payments.cashier import queries
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import orders, settling
from payments.cashier.services.paying import OrderPaid
from payments.cashier.states import ATTEMPT_MOVES, KEPT, ORDER_MOVES, AttemptState, OrderState
from payments.channels import queries as requests

EXPIRED = "expired"
BY_MERCHANT = "closed_by_merchant"
BY_PAYEE = "closed_by_payee"


class AttemptNotCancellable(DomainError):
    code = "attempt_not_cancellable"
    en = "The bank is deciding on this payment, and it cannot be stopped. Wait for its answer."
    zh = "银行正在处理该笔付款,无法取消,请等待结果。"


def cancellable(*, customer_id: uuid.UUID, attempt_id: uuid.UUID) -> PaymentAttempt:
    """A customer's own attempt that `outbound.cancel` may give up: one that waits for them to act outside, or is over anyway.

    Raises NotFound, AttemptNotCancellable.
    """
    attempt = queries.own_attempt(customer_id, attempt_id)
    if attempt.state == AttemptState.OPEN and not queries.is_attended(attempt.id):
        raise AttemptNotCancellable()
    return attempt


@transaction.atomic
def begin(*, order_id: uuid.UUID, code: str, at: datetime) -> PaymentOrder:
    """Close an order nobody is paying at once; one that waits for a channel is `closing` from here on, to be closed there first
    (`outbound.close`). One that is over stays as it is. `code` is EXPIRED, BY_MERCHANT or BY_PAYEE. Raises NotFound, OrderPaid.

    One whose channel has answered, and whose answer only waits until it can be booked, stays too.
    """
    order = orders.locked(order_id)
    if order.state in KEPT:
        raise OrderPaid()
    if order.state == OrderState.CREATED:
        if order.payee:
            identity.lock(orders.payee_facts(order).customer_id)
        advance(order, OrderState.CLOSED, moves=ORDER_MOVES, at=at, code=code)
        orders.tell_closed(order, code, at)
    elif order.state == OrderState.PAYING and not answered(waiting_attempt(order)):
        advance(order, OrderState.CLOSING, moves=ORDER_MOVES, at=at, code=code)
    return order


def close_for(*, payee: str, payee_order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """`begin` for a payee that wants its order paid no more, called before it locks rows of its own. Raises NotFound, OrderPaid."""
    return begin(order_id=queries.order_for(payee, payee_order_id).id, code=BY_PAYEE, at=at)


@transaction.atomic
def finish(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """Close here what the channel was asked to close and did not answer: what is the platform's own is free again, and a success from
    now on is late. Does nothing to an order that is not `closing`, or whose answer is in."""
    order = orders.locked(order_id)
    if order.state != OrderState.CLOSING:
        return order
    attempt = waiting_attempt(order)
    if answered(attempt):
        return order
    identity.lock(attempt.customer_id)
    legs = queries.legs(attempt.id)
    settling.mark_unknown(legs, at)
    settling.release(order, attempt, [leg for leg in legs if not leg.external], at)
    advance(attempt, AttemptState.GIVEN_UP, moves=ATTEMPT_MOVES, at=at, code=order.code)
    advance(order, OrderState.CLOSED, moves=ORDER_MOVES, at=at)
    orders.tell_closed(order, order.code, at)
    return order


def waiting_attempt(order: PaymentOrder) -> PaymentAttempt:
    """The attempt that an order which is `paying` or `closing`, and locked, waits for."""
    attempt = queries.open_attempt(order.id)
    assert attempt is not None
    return attempt


def answered(attempt: PaymentAttempt) -> bool:
    assert attempt.request_id is not None, "an open attempt waits for a channel"
    return requests.request(attempt.request_id).done
