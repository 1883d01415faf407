"""Acts on events that a second person approves."""

import uuid
from datetime import datetime

from core.approvals.register import Payload, register
from core.outbox import giving_up, services


def event_of(payload: Payload) -> uuid.UUID:
    return uuid.UUID(payload["target"].removeprefix("outbox:"))


def skip(payload: Payload, at: datetime) -> str:
    event = giving_up.skip(event_id=event_of(payload), at=at)
    return f"{event.topic} {event.pk} is given up"


def still_dead(payload: Payload, at: datetime) -> None:
    services.dead_event(event_of(payload))


register(
    giving_up.ACT,
    apply=skip,
    check=still_dead,
    roles_make={"finance_maker", "risk"},
    roles_check={"finance_checker", "risk"},
    expires_hours=72,
)
