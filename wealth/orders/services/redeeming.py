"""Giving units up: the ordinary way, paid some trading days later, or at once from our own money."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.ids import new_id, shard_of
from core.limits import services as limits
from core.limits.services import LimitReached
from core.moves import advance
from payments.wallet.services import parties
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Product, ProductVersion
from wealth.orders import journals, queries
from wealth.orders.dates import Terms, terms_of
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import FastLimitReached, FastNotOffered
from wealth.orders.services.asking import ask_issuer
from wealth.orders.services.buying import booking_of
from wealth.orders.services.telling import publish
from wealth.orders.services.to_card import ToCard, send_on
from wealth.orders.states import REDEEM_MOVES, OrderState, Side

NAME_THE_LOT = ("Say which of your holdings of this product.", "请指定要赎回的持有份额。")
NAMES_NO_LOT = ("This product has one holding a person. Leave it out.", "该产品无需指定持有份额,请勿填写。")


def redeemable(product_id: UUID, at: datetime) -> tuple[Product, ProductVersion, Terms]:
    """A product, on sale or not any more, and what giving units of it up now would mean. Raises NotFound, KindNotOrdered,
    BeyondCalendar."""
    product = catalog.product(product_id)
    version = catalog.current_version(product)
    return product, version, terms_of(version, booking_of(product.kind), at)


def holding_prefix(product_id: UUID) -> str:
    """Of the lots of a product's kind; "" where it keeps none. Raises NotFound, KindNotOrdered."""
    return booking_of(catalog.product(product_id).kind).holding_prefix


def worth_fen(customer_id: UUID, version: ProductVersion, terms: Terms, units_fen: int, holding_id: UUID | None, at: datetime) -> int:
    """What units given up now come to, before fees. Raises what the kind refuses."""
    booking = booking_of(version.product.kind)
    worth = booking.worth(customer_id=customer_id, version=version, holding_id=holding_id, units_fen=units_fen, at=at)
    return int(units_fen * terms.price) if worth is None else worth


def fast_left_fen(customer_id: UUID, version: ProductVersion, at: datetime) -> int:
    """What a customer may still take out of a product at once today."""
    return max(0, version.t0_cap_fen - queries.fast_used_fen(customer_id, version.product_id, at))


@transaction.atomic
def redeem(
    *,
    customer_id: UUID,
    product_id: UUID,
    units_fen: int,
    fast: bool,
    holding_id: UUID | None = None,
    to_card: ToCard | None = None,
    at: datetime,
) -> WealthOrder:
    """Freeze the units (of one lot, where the kind keeps lots); a fast one is paid in the same transaction (W6) and the issuer asked, any
    other waits for its cut-off. `to_card`: the cash goes on to it from the balance.

    Raises CustomerNotActive, NotFound, KindNotOrdered, BeyondCalendar, FastNotOffered, FastLimitReached, what the kind's booking refuses
    (units that are not there), with a card NotFound, CardNotUsable, StepUpNeeded and its kin, AccountFrozen, LedgerHalted, NoOpenDay.
    """
    parties.require_active(customer_id)
    product, version, terms = redeemable(product_id, at)
    cash_on = terms.dates.cash_on_if_redeemed_then
    if fast and (version.t0_cap_fen <= 0 or holding_id is not None):
        raise FastNotOffered(cash_on=cash_on.isoformat())
    order = WealthOrder(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product=product,
        version=version,
        kind=product.kind,
        side=Side.REDEEM,
        fast=fast,
        units_fen=units_fen,
        trade_on=terms.dates.trade_on,
        cut_at=terms.dates.cut_at,
        confirms_on=terms.dates.confirmed_on,
        cash_on=None if fast else cash_on,
        price=terms.price,
        risk=version.risk,
        risk_sha256=version.risk_sha256,
        holding_id=holding_id,
        created_at=at,
        changed_at=at,
    )
    if to_card is not None:
        worth = worth_fen(customer_id, version, terms, units_fen, holding_id, at)
        order.card_id, order.session_id, order.factors = to_card.card_id, to_card.intent.session_id, to_card.agreed(worth, at)
    order.save(force_insert=True)
    advance(order, OrderState.CHECKED, moves=REDEEM_MOVES, at=at)
    if fast:
        count_fast(order, cash_on, at)
    quoted = booking_of(product.kind).freeze(order=order, at=at)
    advance(order, OrderState.UNITS_FROZEN, moves=REDEEM_MOVES, at=at, quoted_fen=quoted, due_at=None if fast else order.cut_at)
    return pay_fast(order, at) if fast else order


def count_fast(order: WealthOrder, cash_on: date, at: datetime) -> None:
    """Take the units of the day's cap, in one guarded statement. Raises FastLimitReached, which offers the other ways."""
    assert order.units_fen is not None
    cap_fen = order.version.t0_cap_fen
    counter, day = queries.fast_counter(order.product_id), local_day(at).isoformat()
    try:
        limits.take(counter=counter, owner=order.customer_id, period=day, amount=order.units_fen, cap=cap_fen)
    except LimitReached as reached:
        left = max(0, cap_fen - queries.fast_used_fen(order.customer_id, order.product_id, at))
        raise FastLimitReached(field="units", cap_fen=cap_fen, remaining_fen=left, cash_on=cash_on.isoformat()) from reached


def pay_fast(order: WealthOrder, at: datetime) -> WealthOrder:
    """W6 now, and the units asked of the issuer on the order's trade date; its word settles what was advanced."""
    assert order.units_fen is not None
    first = not queries.was_paid_out(order.customer_id)
    request = ask_issuer(order, at)
    journal_id, cash_fen = new_id(), order.units_fen
    advance(
        order,
        OrderState.FAST_PAID,
        moves=REDEEM_MOVES,
        at=at,
        request_id=request.id,
        cash_journal_id=journal_id,
        amount_fen=cash_fen,
    )
    publish("wealth.order_fast_paid", order, at)
    tell_first(order, first, at)
    legs = journals.fast_paid(order, cash_fen)
    ledger.post(journal_id=journal_id, event=journals.FAST_PAID, legs=legs, reference=order.public_id, at=at)
    send_on(order, cash_fen, at)
    return order


def tell_first(order: WealthOrder, first: bool, at: datetime) -> None:
    """`first`: nothing was paid out to this customer before, read under their lock."""
    if first:
        publish("wealth.first_withdrawal", order, at)
