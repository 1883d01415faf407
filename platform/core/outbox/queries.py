"""How deep and how old the outbox is, and which shards have work."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q

from core.ids import first_id
from core.outbox.models import OutboxEvent

State = OutboxEvent.State

SHARDS_DUE = """
SELECT shards.shard FROM generate_series(0, 63) AS shards (shard) WHERE EXISTS (
    SELECT 1 FROM core_outboxevent AS due
    WHERE due.shard = shards.shard AND due.state = 'pending' AND due.next_attempt_at <= %(at)s AND NOT EXISTS (
        SELECT 1 FROM core_outboxevent AS earlier
        WHERE earlier.shard = due.shard AND earlier.key = due.key AND earlier.state <> 'done' AND earlier.id < due.id
    )
)
ORDER BY shards.shard
"""


@dataclass(frozen=True)
class Backlog:
    """Pending and dead events, and the seconds since the oldest pending (dead) one happened; 0 when there is none."""

    pending: int
    dead: int
    oldest_pending_seconds: float
    oldest_dead_seconds: float


def shards_due(*, at: datetime) -> list[int]:
    """Shards with a pending event that is due and not held up by an earlier one of its key."""
    with connection.cursor() as cursor:
        cursor.execute(SHARDS_DUE, {"at": at})
        return [row[0] for row in cursor.fetchall()]


def backlog(*, at: datetime) -> Backlog:
    """The figures behind the outbox's metrics and the readiness probe. One query over the partial indexes."""
    found = OutboxEvent.objects.exclude(state=State.DONE).aggregate(
        pending=Count("pk", filter=Q(state=State.PENDING)),
        dead=Count("pk", filter=Q(state=State.DEAD)),
        oldest_pending=Min("occurred_at", filter=Q(state=State.PENDING)),
        oldest_dead=Min("occurred_at", filter=Q(state=State.DEAD)),
    )
    return Backlog(found["pending"], found["dead"], age(found["oldest_pending"], at), age(found["oldest_dead"], at))


def late(*, wall: datetime, seconds: int) -> tuple[int, uuid.UUID | None]:
    """How many pending events were written more than `seconds` before the wall clock's `wall`, and the first of them. By their ids,
    not by when what they tell of happened: a demo's past and a clock set forward make no news late."""
    found = OutboxEvent.objects.filter(state=State.PENDING, pk__lt=first_id(wall - timedelta(seconds=seconds))).order_by()
    first = found.order_by("id").values_list("pk", flat=True).first()
    return (0, None) if first is None else (found.count(), first)


def undelivered(topic: str) -> bool:
    """Whether news of a topic has not been taken in by everybody yet."""
    return OutboxEvent.objects.filter(topic=topic).exclude(state=State.DONE).exists()


def age(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)


def blocked_behind(event_id: uuid.UUID) -> int:
    """How many later events of its key wait for this one."""
    event = OutboxEvent.objects.get(id=event_id)
    return OutboxEvent.objects.filter(shard=event.shard, key=event.key, id__gt=event.id).exclude(state=State.DONE).count()
