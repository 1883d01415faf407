"""The next step of every order that is due: bounded batches of one shard, an order at a time, so that a bad one stops no other."""

from datetime import datetime
from uuid import UUID

from core.errors import DomainError
from payments.refunds import outbound as refunds
from payments.wallet.sweeps import each
from wealth.orders import queries
from wealth.orders.services import asking, ending, paying
from wealth.orders.states import GOES_BACK, OrderState, Side

BATCH = 200


def go_on(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how many steps were taken."""
    return each("wealth_order", queries.due(shard, at)[:BATCH], lambda order_id: step(order_id=order_id, at=at))


def step(*, order_id: UUID, at: datetime) -> bool:
    """One order's next step. Returns whether one was taken."""
    order = queries.order(order_id)
    if order.state in GOES_BACK:
        return give_back(order_id, at)
    if order.state in (OrderState.PAID, OrderState.UNITS_FROZEN):
        return submit(order_id, at)
    if order.side == Side.BUY:
        return ending.earn(order_id=order_id, at=at)
    return pay_cash(order_id, at)


def submit(order_id: UUID, at: datetime) -> bool:
    try:
        return asking.submit(order_id=order_id, at=at)
    except DomainError as refused:
        ending.wait(order_id=order_id, kind=asking.NOT_SUBMITTED, why=refused.code, at=at)
        return False


def give_back(order_id: UUID, at: datetime) -> bool:
    """What a channel must give back is asked of it after the commit."""
    try:
        refund = ending.begin_refund(order_id=order_id, at=at)
    except DomainError as refused:
        ending.wait(order_id=order_id, kind=paying.NOT_REFUNDED, why=refused.code, at=at)
        return False
    if refund is None:
        return False
    if queries.order(order_id).state == OrderState.REFUNDING:
        refunds.send(refund_id=refund.id, at=at)
    return True


def pay_cash(order_id: UUID, at: datetime) -> bool:
    try:
        return ending.pay_cash(order_id=order_id, at=at)
    except DomainError as refused:
        ending.wait(order_id=order_id, kind=ending.NOT_PAID, why=refused.code, at=at)
        return False
