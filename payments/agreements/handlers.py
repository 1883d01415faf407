"""News of orders that deductions follow."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.agreements.services import deducting
from payments.merchants.states import Scene


def follow(event: Event) -> None:
    if event.payload["scene"] == Scene.DEDUCTION:
        order_id = parse_public_id("ord", str(event.payload["order"]))
        deducting.follow(order_id=order_id, code=str(event.payload.get("code", "")), at=clock.now())


@handles("order.paid", name="payments.agreements.order_paid")
def order_paid(event: Event) -> None:
    follow(event)


@handles("order.attempt_failed", name="payments.agreements.attempt_failed")
def attempt_failed(event: Event) -> None:
    follow(event)


@handles("order.closed", name="payments.agreements.order_closed")
def order_closed(event: Event) -> None:
    follow(event)
