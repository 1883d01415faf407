"""Asking the issuer, and hearing its word."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.clock.queries import start_of_day
from core.moves import advance
from core.work import services as work
from wealth.issuers import services as issuers
from wealth.issuers.queries import IssuerRequest
from wealth.issuers.states import Operation
from wealth.orders.models import CODE_LENGTH, WealthOrder
from wealth.orders.services.buying import booking_of, release
from wealth.orders.services.telling import locked, publish
from wealth.orders.states import BUY_MOVES, REDEEM_MOVES, WITH_ISSUER, OrderState, Side

BUSINESS = "wealth.order"
NOT_SUBMITTED, OTHERWISE, FAST_REFUSED = (
    "wealth_order.not_submitted", "wealth_order.confirmed_otherwise", "wealth_order.fast_refused",
)  # fmt: skip
OPERATIONS = {Side.BUY: Operation.SUBSCRIBE, Side.REDEEM: Operation.REDEEM}


def ask_issuer(order: WealthOrder, at: datetime) -> IssuerRequest:
    """Write the request, to be sent after the commit. Raises IssuerOff."""
    return issuers.submit(
        business=BUSINESS,
        business_id=order.id,
        issuer_code=order.product.issuer_code,
        operation=OPERATIONS[Side(order.side)],
        product_id=order.product_id,
        product_code=order.product.code,
        amount_fen=order.amount_fen if order.side == Side.BUY else order.quoted_fen,
        units_fen=order.units_fen if order.side == Side.REDEEM else None,
        trade_on=order.trade_on,
        shard=order.shard,
        at=at,
    )


@transaction.atomic
def submit(*, order_id: UUID, at: datetime) -> bool:
    """Give an order whose cut-off came to the issuer, or to the room of its kind that decides it. False when that is not due, or another
    does it."""
    rows = WealthOrder.objects.select_for_update(of=("self",), skip_locked=True).select_related("product", "version")
    order = rows.filter(pk=order_id, state__in=[OrderState.PAID, OrderState.UNITS_FROZEN], due_at__lte=at).first()
    if order is None:
        return False
    request_id = None if order.own else ask_issuer(order, at).id
    advance(order, OrderState.SUBMITTED, moves=order.moves, at=at, request_id=request_id, due_at=None)
    work.finish(kind=NOT_SUBMITTED, target=order.public_id, by="system", at=at)
    publish("wealth.order_submitted", order, at)
    return True


def waited_for(request: IssuerRequest) -> WealthOrder | None:
    """The order, locked, that waits for this very request's word; None when its first word was heard before."""
    order = locked(request.business_id)
    return order if order.state in WITH_ISSUER and order.request_id == request.id else None


@transaction.atomic
def confirmed(*, request: IssuerRequest, at: datetime) -> WealthOrder | None:
    """The issuer has done it: book it. What it did is what was asked, or nobody books it and an operator is asked."""
    order = waited_for(request)
    if order is None:
        return None
    if not as_asked(order, request):
        facts = {"asked_fen": order.amount_fen or order.units_fen, "confirmed_fen": request.confirmed_fen}
        work.ask(kind=OTHERWISE, target=order.public_id, facts=facts, at=at)
        return order
    order.amount_fen, order.units_fen, order.fee_fen = request.confirmed_fen, request.confirmed_units_fen, request.fee_fen
    return book_purchase(order, at) if order.side == Side.BUY else book_redemption(order, at)


def as_asked(order: WealthOrder, request: IssuerRequest) -> bool:
    """The whole of it at the price that was shown; what was advanced comes back to the fen."""
    money, units = request.confirmed_fen or 0, request.confirmed_units_fen or 0
    if request.nav != order.price or not money or not units:
        return False
    if order.side == Side.BUY:
        return money == order.amount_fen and units * order.price == money - request.fee_fen
    worth = units * order.price if order.quoted_fen is None else order.quoted_fen
    whole = units == order.units_fen and money == worth
    return whole and (not order.fast or request.fee_fen == 0)


def book_purchase(order: WealthOrder, at: datetime) -> WealthOrder:
    assert order.earns_from is not None
    journal_id = booking_of(order.kind).bought(order=order, at=at)
    advance(
        order,
        OrderState.CONFIRMED,
        moves=BUY_MOVES,
        at=at,
        due_at=start_of_day(order.earns_from),
        units_fen=order.units_fen,
        fee_fen=order.fee_fen,
        book_journal_id=journal_id,
    )
    publish("wealth.order_confirmed", order, at)
    return order


def book_redemption(order: WealthOrder, at: datetime) -> WealthOrder:
    journal_id = booking_of(order.kind).redeemed(order=order, at=at)
    advance(
        order,
        OrderState.CONFIRMED,
        moves=REDEEM_MOVES,
        at=at,
        due_at=None if order.cash_on is None else start_of_day(order.cash_on),
        amount_fen=order.amount_fen,
        fee_fen=order.fee_fen,
        book_journal_id=journal_id,
    )
    publish("wealth.order_confirmed", order, at)
    return order


@transaction.atomic
def rejected(*, request: IssuerRequest, at: datetime) -> WealthOrder | None:
    """The issuer does not take it: a purchase's money goes back next, a redemption's units are free, and what was advanced is an
    operator's case."""
    order = waited_for(request)
    if order is None:
        return None
    code = (request.code or "rejected")[:CODE_LENGTH]
    if order.state == OrderState.FAST_PAID:
        work.ask(kind=FAST_REFUSED, target=order.public_id, facts={"code": code, "amount_fen": order.amount_fen}, at=at)
        return order
    return reject(order, code, at)


def reject(order: WealthOrder, code: str, at: datetime) -> WealthOrder:
    """End an order that was submitted, and is locked."""
    if order.side == Side.BUY:
        advance(order, OrderState.REJECTED, moves=BUY_MOVES, at=at, code=code, due_at=at)
        release(order, at)
    else:
        advance(order, OrderState.REJECTED, moves=REDEEM_MOVES, at=at, code=code)
        booking_of(order.kind).unfreeze(order=order, at=at)
    publish("wealth.order_rejected", order, at, code=code)
    return order
