"""News the cashier acts on."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.cashier import sweeps


@handles("order.paid_late", name="payments.cashier.place_refund")
def place_refund(event: Event) -> None:
    """A late success goes back to its payer; the sweeper sees to it while the channel is shut."""
    sweeps.refund_or_wait(order_id=parse_public_id("ord", str(event.payload["order"])), at=clock.now())
