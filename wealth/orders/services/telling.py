"""News of orders, and the row they are about under its lock."""

from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import public_id
from core.outbox import services as outbox
from wealth.orders.models import WealthOrder


def locked(order_id: UUID) -> WealthOrder:
    """The order, locked to the end of the caller's transaction. Raises NotFound."""
    order = WealthOrder.objects.select_for_update(of=("self",)).select_related("product", "version__product").filter(pk=order_id).first()
    if order is None:
        raise NotFound()
    return order


def publish(topic: str, order: WealthOrder, at: datetime, **facts: str | int) -> None:
    """News of one order, in order, for its customer's inbox."""
    payload: outbox.Payload = {
        "order": order.public_id,
        "customer": public_id("cus", order.customer_id),
        "product": order.product.public_id,
        "kind": order.kind,
        "side": order.side,
        "amount_fen": order.amount_fen or 0,
        "units_fen": order.units_fen or 0,
        "currency": order.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=order.customer_id, payload=payload, at=at, key=order.public_id)
