"""The word of a kind's own room on purchases that no issuer is asked about."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.moves import advance
from wealth.orders.models import CODE_LENGTH, WealthOrder
from wealth.orders.refusals import NotStuck
from wealth.orders.services.asking import book_purchase
from wealth.orders.services.asking import reject as turn_down
from wealth.orders.services.buying import release
from wealth.orders.services.telling import locked, publish
from wealth.orders.states import BUY_MOVES, GOES_BACK, OrderState

BACK = (*GOES_BACK, OrderState.REFUNDING, OrderState.REFUNDED)
DONE = (OrderState.CONFIRMED, OrderState.EARNING)


def decidable(order_id: UUID) -> WealthOrder:
    """The order, locked. Raises NotFound, and NotStuck for one that an issuer decides."""
    order = locked(order_id)
    if not order.own:
        raise NotStuck()
    return order


@transaction.atomic
def confirm(*, order_id: UUID, units_fen: int, fee_fen: int, at: datetime) -> WealthOrder:
    """Book a paid order (W2, by the kind's booking). One that is booked stays as it is. Raises NotFound, NotStuck (not paid, or over)."""
    order = decidable(order_id)
    if order.state in DONE:
        return order
    if order.state == OrderState.PAID:
        advance(order, OrderState.SUBMITTED, moves=BUY_MOVES, at=at, due_at=None)
    if order.state != OrderState.SUBMITTED:
        raise NotStuck()
    order.units_fen, order.fee_fen = units_fen, fee_fen
    return book_purchase(order, at)


@transaction.atomic
def reject(*, order_id: UUID, code: str, at: datetime) -> WealthOrder:
    """Bring a paid order to nothing: its whole price goes back next. One that is on its way back stays as it is. Raises NotFound, NotStuck
    (not paid, or booked)."""
    order = decidable(order_id)
    if order.state in BACK:
        return order
    if order.state == OrderState.SUBMITTED:
        return turn_down(order, code[:CODE_LENGTH], at)
    if order.state != OrderState.PAID:
        raise NotStuck()
    advance(order, OrderState.FAILED, moves=BUY_MOVES, at=at, code=code[:CODE_LENGTH], due_at=at)
    release(order, at)
    publish("wealth.order_rejected", order, at, code=order.code)
    return order
