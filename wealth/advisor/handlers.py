"""News of orders that plans wait for."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from wealth.advisor.services import confirming
from wealth.orders.queries import WealthOrder


@handles("wealth.order_cash_paid", name="wealth.advisor.cash_paid")
def cash_paid(event: Event) -> None:
    order_id = parse_public_id(WealthOrder.PREFIX, str(event.payload["order"]))
    confirming.tell_money_is_in(order_id=order_id, amount_fen=int(event.payload["cash_fen"]), at=clock.now())
