"""What bills hear: that an order was paid or closed, and what became of its refund."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.bills import services
from payments.merchants.states import Scene


@handles("order.paid", name="payments.bills.hear_order")
@handles("order.closed", name="payments.bills.hear_order")
def hear_order(event: Event) -> None:
    if event.payload.get("scene") == Scene.BILL:
        services.hear_order(order_id=parse_public_id("ord", str(event.payload["order"])), topic=event.topic, at=clock.now())


@handles("refund.succeeded", name="payments.bills.hear_refund")
@handles("refund.failed", name="payments.bills.hear_refund")
def hear_refund(event: Event) -> None:
    services.hear_refund(
        order_id=parse_public_id("ord", str(event.payload["order"])),
        refund_id=parse_public_id("rfd", str(event.payload["refund"])),
        succeeded=event.topic == "refund.succeeded",
        at=clock.now(),
    )
