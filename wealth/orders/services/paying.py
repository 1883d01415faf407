"""What the cashier tells of a purchase: that it is paid, closed unpaid, or refunded. Its order and payer are locked by then."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import NotFound
from core.moves import advance
from core.work import services as work
from wealth.catalog import queries as catalog
from wealth.catalog.services import quotas
from wealth.orders import queries
from wealth.orders.models import CODE_LENGTH, WealthOrder
from wealth.orders.refusals import DatesPassed, OfferChanged, OrderNotPayable
from wealth.orders.services.buying import booking_of, release
from wealth.orders.services.telling import locked, publish
from wealth.orders.states import BUY_MOVES, GOES_BACK, OrderState
from wealth.suitability.services import deciding

CALLED_OFF = "called_off"
NOT_REFUNDED = "wealth_order.not_refunded"


def refuse_unpayable(order: WealthOrder, at: datetime) -> None:
    """Raises OrderNotPayable, DatesPassed, OfferChanged, what the catalogue refuses of a product no longer on sale,
    and what the kind refuses."""
    if order.state != OrderState.CHECKED or order.code == CALLED_OFF:
        raise OrderNotPayable(state=order.state)
    if at >= order.cut_at:
        raise DatesPassed()
    if catalog.offered(order.product_id, at).version.id != order.version_id:
        raise OfferChanged()
    booking_of(order.kind).require(order=order, at=at)


def require_payable(*, order_id: UUID, customer_id: UUID, at: datetime) -> None:
    """Refuse before anything is asked of anybody. Raises NotFound and what `paid` raises."""
    order = queries.order(order_id)
    if order.customer_id != customer_id:
        raise NotFound()
    refuse_unpayable(order, at)
    deciding.decide_again(order_id=order_id, at=at)


@transaction.atomic
def paid(*, order_id: UUID, journal_id: UUID, at: datetime) -> WealthOrder:
    """W1 is about to be posted as `journal_id`: everything that was checked when it was ordered is checked once more."""
    order = locked(order_id)
    refuse_unpayable(order, at)
    deciding.decide_again(order_id=order_id, at=at)
    quotas.require_held(order_id=order_id)
    advance(order, OrderState.PAID, moves=BUY_MOVES, at=at, pay_journal_id=journal_id, due_at=order.cut_at)
    publish("wealth.order_paid", order, at)
    return order


@transaction.atomic
def closed(*, order_id: UUID, code: str, at: datetime) -> WealthOrder:
    """Nobody pays it any more: what it held of the quotas is free. Told to one that is over, it does nothing."""
    order = locked(order_id)
    if order.state != OrderState.CHECKED:
        return order
    called_off = order.code == CALLED_OFF
    state = OrderState.CANCELLED if called_off else OrderState.EXPIRED
    advance(order, state, moves=BUY_MOVES, at=at, code=CALLED_OFF if called_off else code[:CODE_LENGTH])
    release(order, at)
    publish("wealth.order_cancelled" if called_off else "wealth.order_expired", order, at)
    return order


@transaction.atomic
def refunded(*, order_id: UUID, refund_id: UUID, at: datetime) -> WealthOrder:
    """The whole price is back where it came from. Told at once, within the asking, where nobody outside has a part in it."""
    order = locked(order_id)
    if order.state in GOES_BACK:
        advance(order, OrderState.REFUNDING, moves=BUY_MOVES, at=at, refund_id=refund_id, due_at=None)
    if order.state == OrderState.REFUNDING:
        advance(order, OrderState.REFUNDED, moves=BUY_MOVES, at=at, due_at=None)
        work.finish(kind=NOT_REFUNDED, target=order.public_id, by="system", at=at)
        publish("wealth.order_refunded", order, at)
    return order


@transaction.atomic
def refund_failed(*, order_id: UUID, refund_id: UUID, code: str, at: datetime) -> WealthOrder:
    """The refund was given up: the money waits at the product for an operator."""
    order = locked(order_id)
    if order.state == OrderState.REFUNDING:
        advance(order, OrderState.FAILED, moves=BUY_MOVES, at=at, code=code[:CODE_LENGTH], due_at=None)
        work.ask(kind=NOT_REFUNDED, target=order.public_id, facts={"code": code, "amount_fen": order.amount_fen}, at=at)
    return order
