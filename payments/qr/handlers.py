"""News the codes act on."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.merchants.states import Scene
from payments.qr.services import charging


@handles("order.attempt_failed", name="payments.qr.close_declined")
def close_declined(event: Event) -> None:
    """A shown code is good for one try: the bank's no, whenever it comes, ends it. Its wish for a proof is put to the payer."""
    if event.payload["scene"] == Scene.QR_PAYER:
        charging.close_declined(order_id=parse_public_id("ord", str(event.payload["order"])), at=clock.now())
