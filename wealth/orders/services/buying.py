"""Ordering a purchase: what the customer is shown first, the checks, the quota, and the order they pay at the cashier."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.ids import new_id, shard_of
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.moves import advance
from payments.cashier.services import orders as cashier
from payments.wallet.services import parties
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Offered
from wealth.catalog.services import quotas
from wealth.orders import queries
from wealth.orders.dates import Terms, terms_of
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import KindNotOrdered, TooManyUnpaid
from wealth.orders.sockets import BOOKINGS, Booking
from wealth.orders.states import BUY_MOVES, OrderState, Side
from wealth.suitability.services import deciding

PAYEE = "wealth"
SHORTEST = timedelta(minutes=1)
UNPAID_ORDERS = CapKind("wealth.unpaid_orders", _("Purchases of a customer that wait to be paid"), usual=10, most=1_000)
TIME = CapKind("wealth.minutes_to_pay", _("Time to pay an order of a product"), usual=15, most=1440, unit=Unit.MINUTES)


def booking_of(kind: str) -> Booking:
    """Raises KindNotOrdered where no room of the kind is plugged in."""
    found = BOOKINGS.get(kind)
    if found is None:
        raise KindNotOrdered()
    return found


def offered(product_id: UUID, amount_fen: int, at: datetime) -> tuple[Offered, Terms]:
    """A product on sale, and what ordering `amount_fen` of it now would mean. Raises NotFound, what the catalogue refuses (not on sale,
    the amount), KindNotOrdered, BeyondCalendar."""
    found = catalog.offered(product_id, at)
    booking = booking_of(found.product.kind)
    catalog.require_amount(found.version, amount_fen)
    return found, terms_of(found.version, booking, at)


@transaction.atomic
def buy(
    *,
    customer_id: UUID,
    product_id: UUID,
    amount_fen: int,
    details: Mapping[str, Any] | None = None,
    warning_id: UUID | None = None,
    at: datetime,
) -> WealthOrder:
    """An order of `amount_fen` that its customer pays at the cashier, by the cut-off of the day it was dated with. `details`: what its
    kind asks along.

    Raises CustomerNotActive, TooManyUnpaid, Invalid, what `offered`, suitability, the quotas and the kind refuse, NoOpenDay.
    """
    parties.require_active(customer_id)
    refuse_too_many(customer_id, at)
    found, terms = offered(product_id, amount_fen, at)
    booking = booking_of(found.product.kind)
    kept = booking.accept(customer_id=customer_id, version=found.version, amount_fen=amount_fen, details=details or {}, at=at)
    order = dated(found, terms, customer_id, amount_fen, kept, booking.own, at)
    order.save(force_insert=True)
    deciding.decide(order_id=order.id, customer_id=customer_id, product_id=product_id, risk=found.version.risk, at=at, warned=warning_id)
    quotas.take(
        product_id=product_id,
        version=found.version,
        customer_id=customer_id,
        order_id=order.id,
        amount_fen=amount_fen,
        on=order.trade_on,
        at=at,
    )
    booking.hold(order=order, at=at)
    booking.require(order=order, at=at)
    paid_by = cashier.create_for(
        payee=PAYEE,
        payee_order_id=order.id,
        customer_id=customer_id,
        amount_fen=amount_fen,
        subject=found.version.name_zh,
        life=max(SHORTEST, min(timedelta(minutes=cap(TIME, at)), order.cut_at - at)),
        at=at,
    )
    return advance(order, OrderState.CHECKED, moves=BUY_MOVES, at=at, cashier_order_id=paid_by.id)


def refuse_too_many(customer_id: UUID, at: datetime) -> None:
    """What is not paid yet holds quotas that others may want. Raises TooManyUnpaid."""
    most = cap(UNPAID_ORDERS, at)
    if queries.unpaid_of(customer_id)[:most].count() >= most:
        raise TooManyUnpaid(most=most)


def dated(
    found: Offered, terms: Terms, customer_id: UUID, amount_fen: int, details: dict[str, Any], own: bool, at: datetime
) -> WealthOrder:
    """A purchase as it was shown, not saved yet."""
    return WealthOrder(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product=found.product,
        version=found.version,
        kind=found.product.kind,
        side=Side.BUY,
        amount_fen=amount_fen,
        trade_on=terms.dates.trade_on,
        cut_at=terms.dates.cut_at,
        confirms_on=terms.dates.confirmed_on,
        earns_from=terms.dates.earns_from,
        price=terms.price,
        risk=found.version.risk,
        risk_sha256=found.version.risk_sha256,
        own=own,
        details=details,
        created_at=at,
        changed_at=at,
    )


def release(order: WealthOrder, at: datetime) -> None:
    """What a purchase that came to nothing held is free."""
    quotas.give_back(order_id=order.id, at=at)
    booking_of(order.kind).closed(order=order, at=at)
