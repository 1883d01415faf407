"""Assembling exports as they are asked for."""

import uuid

from accounts.privacy import services
from core.clock import queries as clock
from core.outbox.registry import Event, handles


@handles("export.requested", name="accounts.privacy.assemble")
def assemble(event: Event) -> None:
    services.assemble_export(export_id=uuid.UUID(event.payload["export"]), at=clock.now())
