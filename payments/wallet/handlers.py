"""News the wallet acts on."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.wallet.services import top_ups


@handles("top_up.refunding", name="payments.wallet.place_refund")
def place_refund(event: Event) -> None:
    """A late success goes back to its card. While the channel is shut this raises, and the outbox tries again."""
    top_ups.place_refund(top_up_id=parse_public_id("top", str(event.payload["top_up"])), at=clock.now())
