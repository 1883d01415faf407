"""What channels hears: its own notices, taken in after they were answered."""

from uuid import UUID

from core.clock import queries as clock
from core.outbox.registry import Event, handles
from payments.channels import notices


@handles(notices.TOPIC, name="payments.channels.take_in")
def take_in(event: Event) -> None:
    notices.take_in(notice_id=UUID(event.payload["notice_id"]), at=clock.now())
