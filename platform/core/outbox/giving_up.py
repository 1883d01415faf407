"""Giving a dead event up for good: news that no handler will ever get, so a second person approves it."""

import uuid
from datetime import datetime

from django.db import transaction

from core.approvals.services import must_be_applying
from core.audit import services as audit
from core.outbox import nudge
from core.outbox.models import OutboxEvent
from core.outbox.services import dead_event

ACT = "outbox.skip"


@transaction.atomic
def skip(*, event_id: uuid.UUID, at: datetime) -> OutboxEvent:
    """Let later events of a dead event's key go on without it. Raises ApprovalNeeded outside an approval, NotFound, NotDead."""
    decided = must_be_applying(ACT)
    event = dead_event(event_id)
    OutboxEvent.objects.filter(pk=event.pk).update(state=OutboxEvent.State.DONE, done_at=at)
    details = {"topic": event.topic, "last_error": event.last_error, "proposed_by": decided.maker}
    audit.record(actor=decided.checker, act=ACT, target=f"outbox:{event_id}", reason="", details=details, at=at)
    event.refresh_from_db()
    nudge.after_commit(event.shard)
    return event
