"""Calling an order off, giving its money back, paying what was redeemed, and the first day of income."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from payments.cashier.services import closing
from payments.cashier.services import orders as cashier
from payments.refunds.queries import Refund
from payments.refunds.services import asking as refunds
from wealth.orders import journals, queries
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import CutOffPassed, NotCancellable
from wealth.orders.services import spending
from wealth.orders.services.buying import PAYEE, booking_of, release
from wealth.orders.services.paying import CALLED_OFF, NOT_REFUNDED
from wealth.orders.services.redeeming import tell_first
from wealth.orders.services.telling import locked, publish
from wealth.orders.services.to_card import send_on
from wealth.orders.states import BUY_MOVES, GOES_BACK, REDEEM_MOVES, RETRY, OrderState, Side

NOT_PAID = "wealth_order.not_paid_out"


@transaction.atomic
def cancel(*, customer_id: UUID, order_id: UUID, at: datetime) -> WealthOrder:
    """Call an order off before its cut-off: one that is not paid is closed at the cashier, the money of a paid one goes back in full,
    the units of a redemption are free. One that is called off already stays so.

    Raises NotFound, CutOffPassed, NotCancellable, and OrderPaid where it is being paid this moment.
    """
    found = queries.own_order(customer_id, order_id)
    if found.cashier_order_id is not None:
        cashier.locked(found.cashier_order_id)
    identity.lock(customer_id)
    order = locked(order_id)
    if order.code == CALLED_OFF:
        return order
    match order.state:
        case OrderState.CHECKED:
            WealthOrder.objects.filter(pk=order.pk).update(code=CALLED_OFF, changed_at=at)
            closing.close_for(payee=PAYEE, payee_order_id=order.id, at=at)
            return locked(order_id)
        case OrderState.PAID | OrderState.UNITS_FROZEN:
            return take_back(order, at)
        case OrderState.SUBMITTED | OrderState.FAST_PAID:
            raise CutOffPassed()
    raise NotCancellable(state=order.state)


def take_back(order: WealthOrder, at: datetime) -> WealthOrder:
    if order.serves == "payment":
        raise NotCancellable(state=order.state)
    if at >= order.cut_at:
        raise CutOffPassed()
    if order.side == Side.BUY:
        advance(order, OrderState.CANCELLED, moves=BUY_MOVES, at=at, code=CALLED_OFF, due_at=at)
        release(order, at)
    else:
        advance(order, OrderState.CANCELLED, moves=REDEEM_MOVES, at=at, code=CALLED_OFF, due_at=None)
        booking_of(order.kind).unfreeze(order=order, at=at)
    publish("wealth.order_cancelled", order, at)
    return order


@transaction.atomic
def begin_refund(*, order_id: UUID, at: datetime) -> Refund | None:
    """Ask for the whole price of a purchase that came to nothing; from sources of our own it is back when this returns. After a refund
    that was given up another is asked for. None when it is not due. Raises what refunds refuse with; nothing is done then."""
    found = queries.order(order_id)
    if found.cashier_order_id is None:
        if found.leg_id is not None:
            give_up_shares(found, at)
        return None
    cashier.locked(found.cashier_order_id)
    identity.lock(found.customer_id)
    order = locked(order_id)
    if order.state not in GOES_BACK or order.due_at is None or order.due_at > at:
        return None
    assert order.amount_fen is not None
    refund = refunds.ask_for_payee(
        payee=PAYEE, payee_order_id=order.id, amount_fen=order.amount_fen, reason=order.code, key=order.refund_id or order.id, at=at
    )
    order = locked(order_id)
    if order.state in GOES_BACK:
        advance(order, OrderState.REFUNDING, moves=BUY_MOVES, at=at, refund_id=refund.id, due_at=None)
    work.finish(kind=NOT_REFUNDED, target=order.public_id, by="system", at=at)
    return refund


def give_up_shares(found: WealthOrder, at: datetime) -> None:
    """What a refund brought back, and could not buy shares again, reaches the balance."""
    identity.lock(found.customer_id)
    order = locked(found.id)
    if order.state in GOES_BACK and order.due_at is not None and order.due_at <= at:
        spending.pay_to_balance(order, at)
        work.finish(kind=NOT_REFUNDED, target=order.public_id, by="system", at=at)


@transaction.atomic
def wait(*, order_id: UUID, kind: str, why: str, at: datetime, after: timedelta = RETRY) -> None:
    """A step was refused: an operator hears of it, and it is tried again later."""
    order = locked(order_id)
    if order.due_at is not None and order.due_at <= at:
        WealthOrder.objects.filter(pk=order.pk).update(due_at=at + after)
        work.ask(kind=kind, target=order.public_id, facts={"code": why}, at=at)


@transaction.atomic
def pay_cash(*, order_id: UUID, at: datetime) -> bool:
    """W5 on the pay day of a redemption. False when it is not due, or another pays it."""
    identity.lock(queries.order(order_id).customer_id)
    order = locked(order_id)
    if order.side != Side.REDEEM or order.state != OrderState.CONFIRMED or order.due_at is None or order.due_at > at:
        return False
    assert order.amount_fen is not None
    first, journal_id = not queries.was_paid_out(order.customer_id), new_id()
    advance(order, OrderState.CASH_PAID, moves=REDEEM_MOVES, at=at, due_at=None, cash_journal_id=journal_id)
    work.finish(kind=NOT_PAID, target=order.public_id, by="system", at=at)
    publish("wealth.order_cash_paid", order, at, cash_fen=order.amount_fen - order.fee_fen)
    tell_first(order, first, at)
    cash_fen = order.amount_fen - order.fee_fen
    legs = journals.cash_paid(order, cash_fen)
    ledger.post(journal_id=journal_id, event=journals.CASH_PAID, legs=legs, reference=order.public_id, at=at)
    send_on(order, cash_fen, at)
    return True


@transaction.atomic
def earn(*, order_id: UUID, at: datetime) -> bool:
    """The first day of income of a purchase came. False when it is not due."""
    order = locked(order_id)
    if order.side != Side.BUY or order.state != OrderState.CONFIRMED or order.due_at is None or order.due_at > at:
        return False
    advance(order, OrderState.EARNING, moves=BUY_MOVES, at=at, due_at=None)
    publish("wealth.order_earning", order, at)
    return True
