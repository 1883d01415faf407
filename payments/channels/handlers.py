"""What channels hears: its own notices, taken in after they were answered, and that credentials were not approved."""

from uuid import UUID

from core.clock import queries as clock
from core.outbox.registry import Event, handles
from payments.channels import credentials, notices


@handles(notices.TOPIC, name="payments.channels.take_in")
def take_in(event: Event) -> None:
    notices.take_in(notice_id=UUID(event.payload["notice_id"]), at=clock.now())


@handles("approval.rejected", name="payments.channels.drop_entry")
@handles("approval.withdrawn", name="payments.channels.drop_entry")
@handles("approval.expired", name="payments.channels.drop_entry")
def drop_entry(event: Event) -> None:
    if event.payload["act"] == credentials.ACT:
        entry_id = UUID(event.payload["target"].removeprefix(credentials.TARGET))
        credentials.drop(entry_id=entry_id, at=clock.now())
