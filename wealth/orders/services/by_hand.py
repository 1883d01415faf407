"""Orders that do not go on by themselves: two people decide."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.moves import advance
from core.work import services as work
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import NotStuck
from wealth.orders.services.asking import FAST_REFUSED, NOT_SUBMITTED, OTHERWISE, ask_issuer, reject
from wealth.orders.services.buying import booking_of, release
from wealth.orders.services.paying import NOT_REFUNDED
from wealth.orders.services.telling import locked, publish
from wealth.orders.states import BUY_MOVES, REDEEM_MOVES, OrderState

RESEND, REJECT = "wealth_order.resend", "wealth_order.reject"
BY_OPERATORS = "ended_by_operators"


def resendable(order: WealthOrder) -> bool:
    """Whether the issuer refused for certain units that were paid for already, or the refund of a purchase was given up."""
    if order.state == OrderState.FAILED and order.due_at is None:
        return work.is_open(kind=NOT_REFUNDED, target=order.public_id)
    return order.state == OrderState.FAST_PAID and work.is_open(kind=FAST_REFUSED, target=order.public_id)


def endable(order: WealthOrder) -> bool:
    """Whether it cannot be given to the issuer, or the issuer's last word on it is not what was ordered."""
    waits = NOT_SUBMITTED if order.state in (OrderState.PAID, OrderState.UNITS_FROZEN) else OTHERWISE
    return order.state != OrderState.FAST_PAID and work.is_open(kind=waits, target=order.public_id)


@transaction.atomic
def resend(*, order_id: UUID, at: datetime) -> WealthOrder:
    """Ask the issuer anew for the units of a fast redemption that it refused, or for another refund of a purchase. Raises
    ApprovalNeeded, NotFound, NotStuck."""
    decided = must_be_applying(RESEND)
    order = locked(order_id)
    if not resendable(order):
        raise NotStuck()
    order.resends, order.changed_at = order.resends + 1, at
    if order.state == OrderState.FAILED:
        order.due_at = at
    else:
        order.request_id = ask_issuer(order, at).id
    order.save(update_fields=["request_id", "resends", "due_at", "changed_at"])
    work.finish(kind=FAST_REFUSED, target=order.public_id, by=decided.checker, at=at)
    return order


@transaction.atomic
def end(*, order_id: UUID, at: datetime) -> WealthOrder:
    """Bring an order to nothing: a purchase's money goes back next, a redemption's units are free. Raises ApprovalNeeded, NotFound,
    NotStuck."""
    decided = must_be_applying(REJECT)
    order = locked(order_id)
    if not endable(order):
        raise NotStuck()
    for kind in (NOT_SUBMITTED, OTHERWISE):
        work.finish(kind=kind, target=order.public_id, by=decided.checker, at=at)
    if order.state == OrderState.SUBMITTED:
        return reject(order, BY_OPERATORS, at)
    if order.state == OrderState.PAID:
        advance(order, OrderState.FAILED, moves=BUY_MOVES, at=at, code=BY_OPERATORS, due_at=at)
        release(order, at)
    else:
        advance(order, OrderState.CANCELLED, moves=REDEEM_MOVES, at=at, code=BY_OPERATORS, due_at=None)
        booking_of(order.kind).unfreeze(order=order, at=at)
    publish("wealth.order_rejected", order, at, code=BY_OPERATORS)
    return order
