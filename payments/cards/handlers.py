"""What cards hears from channels: a refusal that tells of a dead agreement."""

from uuid import UUID

from core.clock import queries as clock
from core.outbox.registry import Event, handles
from payments.cards import services
from payments.cards.signings import DEAD
from payments.channels.outcomes import FAILED_TOPIC


@handles(FAILED_TOPIC, name="payments.cards.end_dead")
def end_dead(event: Event) -> None:
    if event.payload["code"] in DEAD and event.payload["card_id"]:
        services.end_dead(card_id=UUID(event.payload["card_id"]), channel=event.payload.get("channel", ""), at=clock.now())
