"""Fund shares that pay at the cashier: a fast redemption whose cash funds an order instead of reaching the balance. What is refunded
of it buys shares again.

Each runs in the cashier's transaction with its order and the payer locked, `leg_id` the cashier's leg.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import new_id, shard_of
from core.limits import services as limits
from core.moves import advance
from wealth.catalog.queries import Product, ProductVersion
from wealth.orders import journals, queries
from wealth.orders.dates import Terms
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import FastNotOffered
from wealth.orders.services.asking import ask_issuer
from wealth.orders.services.buying import booking_of
from wealth.orders.services.redeeming import count_fast, redeemable
from wealth.orders.services.telling import locked, publish
from wealth.orders.states import BUY_MOVES, REDEEM_MOVES, OrderState, Side

PAYMENT_ENDED = "payment_ended"


@transaction.atomic
def set_aside(*, leg_id: UUID, customer_id: UUID, product_id: UUID, units_fen: int, at: datetime) -> WealthOrder:
    """Freeze the units that would pay, within the day's limit of fast redemptions.

    Raises NotFound, KindNotOrdered, BeyondCalendar, FastNotOffered, FastLimitReached, UnitsNotFree.
    """
    product, version, terms = redeemable(product_id, at)
    cash_on = terms.dates.cash_on_if_redeemed_then
    if version.t0_cap_fen <= 0:
        raise FastNotOffered(cash_on=cash_on.isoformat())
    order = dated(product, version, terms, customer_id, leg_id, at)
    order.side, order.fast, order.units_fen = Side.REDEEM, True, units_fen
    order.save(force_insert=True)
    advance(order, OrderState.CHECKED, moves=REDEEM_MOVES, at=at)
    count_fast(order, cash_on, at)
    booking_of(product.kind).freeze(order=order, at=at)
    return advance(order, OrderState.UNITS_FROZEN, moves=REDEEM_MOVES, at=at)


def dated(product: Product, version: ProductVersion, terms: Terms, customer_id: UUID, leg_id: UUID, at: datetime) -> WealthOrder:
    """An order for the cashier, not saved yet, of no side so far."""
    return WealthOrder(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product=product,
        version=version,
        kind=product.kind,
        leg_id=leg_id,
        trade_on=terms.dates.trade_on,
        cut_at=terms.dates.cut_at,
        confirms_on=terms.dates.confirmed_on,
        price=terms.price,
        risk=version.risk,
        risk_sha256=version.risk_sha256,
        created_at=at,
        changed_at=at,
    )


def locked_of(leg_id: UUID) -> WealthOrder:
    """The redemption that pays a leg, locked. Raises NotFound."""
    found = queries.paying_leg(leg_id)
    if found is None:
        raise NotFound()
    return locked(found.id)


@transaction.atomic
def spent(*, leg_id: UUID, journal_id: UUID, at: datetime) -> WealthOrder:
    """The cashier's journal takes the cash from the product's advance; the issuer is asked for the units. Raises IssuerOff."""
    order = locked_of(leg_id)
    request = ask_issuer(order, at)
    advance(
        order,
        OrderState.FAST_PAID,
        moves=REDEEM_MOVES,
        at=at,
        request_id=request.id,
        cash_journal_id=journal_id,
        amount_fen=order.units_fen,
    )
    publish("wealth.order_fast_paid", order, at)
    return order


@transaction.atomic
def released(*, leg_id: UUID, began_at: datetime, at: datetime) -> WealthOrder:
    """The payment came to nothing: the units and the day's limit are free again."""
    order = locked_of(leg_id)
    assert order.units_fen is not None
    advance(order, OrderState.CANCELLED, moves=REDEEM_MOVES, at=at, code=PAYMENT_ENDED, due_at=None)
    booking_of(order.kind).unfreeze(order=order, at=at)
    give_back_fast(order, order.units_fen, began_at)
    publish("wealth.order_cancelled", order, at)
    return order


def give_back_fast(order: WealthOrder, fen: int, began_at: datetime) -> None:
    day = local_day(began_at).isoformat()
    limits.give_back(counter=queries.fast_counter(order.product_id), owner=order.customer_id, period=day, amount=fen)


@transaction.atomic
def bought_back(*, leg_id: UUID, amount_fen: int, refund_id: UUID, began_at: datetime, at: datetime) -> WealthOrder:
    """`amount_fen` of a payment came back to the product (its journal is the refund's): a purchase that is paid already, of today's
    dates. It needs no quota and no new decision, since the money was in the product before. Raises BeyondCalendar."""
    spent_by = locked_of(leg_id)
    product, version, terms = redeemable(spent_by.product_id, at)
    order = dated(product, version, terms, spent_by.customer_id, leg_id, at)
    order.side, order.amount_fen, order.earns_from, order.refund_id = Side.BUY, amount_fen, terms.dates.earns_from, refund_id
    order.save(force_insert=True)
    advance(order, OrderState.CHECKED, moves=BUY_MOVES, at=at)
    advance(order, OrderState.PAID, moves=BUY_MOVES, at=at, due_at=order.cut_at)
    give_back_fast(spent_by, amount_fen, began_at)
    publish("wealth.order_paid", order, at)
    return order


def pay_to_balance(order: WealthOrder, at: datetime) -> WealthOrder:
    """W20 of a locked purchase that brought a refund back and came to nothing."""
    assert order.amount_fen is not None
    journal_id = new_id()
    advance(order, OrderState.REFUNDING, moves=BUY_MOVES, at=at, due_at=None)
    advance(order, OrderState.REFUNDED, moves=BUY_MOVES, at=at, cash_journal_id=journal_id)
    publish("wealth.order_refunded", order, at)
    legs = journals.returned(order, order.amount_fen)
    ledger.post(journal_id=journal_id, event=journals.RETURNED, legs=legs, reference=order.public_id, at=at)
    return order
