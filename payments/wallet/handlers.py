"""News the wallet acts on."""

from core.clock import queries as clock
from core.ids import parse_public_id
from core.outbox.registry import Event, handles
from payments.wallet import sweeps


@handles("top_up.refunding", name="payments.wallet.place_refund")
def place_refund(event: Event) -> None:
    """A late success goes back to its card; the sweeper sees to it while the channel is shut."""
    sweeps.refund_or_wait(top_up_id=parse_public_id("top", str(event.payload["top_up"])), at=clock.now())
