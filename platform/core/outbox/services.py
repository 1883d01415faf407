"""Telling the rest of the platform what happened, in the same transaction as what happened; and what operators do with it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from core.audit import services as audit
from core.errors import DomainError, NotFound
from core.ids import shard_of
from core.observe import metrics
from core.outbox import nudge, queries, relay
from core.outbox.models import HandledEvent, OutboxEvent
from core.rows import insert

Payload = dict[str, "str | int | bool | list[str] | list[int] | dict[str, str | int | bool | None] | None"]
KEPT = timedelta(days=30)
State = OutboxEvent.State


class NotDead(DomainError):
    code = "outbox_event_not_dead"
    en = "The event is {state}; only a dead event is replayed or skipped."
    zh = "事件当前状态为 {state},只有死信事件可以重放或跳过。"


def publish(*, topic: str, owner: uuid.UUID, payload: Payload, at: datetime, key: str | None = None) -> OutboxEvent:
    """Write one event; events of one `key` (the owner unless named) reach a handler in the order they were published in.

    `topic` is `<room>.<past participle>` (`card.bound`). The payload holds ids and facts, never secrets or names. Order
    holds within one owner; publish while holding the lock of the row the event tells of, or two transactions' events may
    pass each other. Must be called inside the effect's transaction; raises TransactionManagementError elsewhere.
    """
    event = announced(topic=topic, owner=owner, payload=payload, at=at, key=key)
    insert(event)
    return event


def announced(*, topic: str, owner: uuid.UUID, payload: Payload, at: datetime, key: str | None = None) -> OutboxEvent:
    """What `publish` writes, not written yet: for a caller whose own statement takes it along (`core.rows.with_rows`)."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs inside the effect's transaction")
    shard = shard_of(owner)
    nudge.after_commit(shard)
    if topic in metrics.MONEY_COUNTERS:
        transaction.on_commit(partial(metrics.count, topic, dict(payload)))
    return OutboxEvent(shard=shard, topic=topic, key=key or str(owner), payload=payload, occurred_at=at, next_attempt_at=at)


def publish_all(events: Sequence[OutboxEvent]) -> None:
    """Write what `announced` gave for many rows: one statement for each thousand."""
    OutboxEvent.objects.bulk_create(events, batch_size=1000)


def run_pending(*, at: datetime) -> int:
    """Deliver everything due at `at` in this process, also what the handlers publish meanwhile. Returns how many were finished."""
    done = 0
    while shards := queries.shards_due(at=at):
        for shard in shards:
            done += relay.relay_shard(shard=shard, at=at).done
    return done


@transaction.atomic
def replay(*, event_id: uuid.UUID, actor: str, reason: str, at: datetime) -> OutboxEvent:
    """Give a dead event a fresh set of attempts, due at once. Raises NotFound, NotDead. Handlers that took it in are not run again."""
    event = dead_event(event_id)
    set_pending(event, at=at)
    audit.record(actor=actor, act="outbox.replay", target=f"outbox:{event_id}", reason=reason, details={"topic": event.topic}, at=at)
    return event


@transaction.atomic
def replay_topic(*, topic: str, actor: str, reason: str, at: datetime, limit: int = 1000) -> int:
    """Replay up to `limit` dead events of `topic`, oldest first, as one act. Returns how many."""
    events = list(OutboxEvent.objects.select_for_update().filter(topic=topic, state=State.DEAD).order_by("id")[:limit])
    for event in events:
        set_pending(event, at=at)
    details = {"topic": topic, "events": len(events)}
    audit.record(actor=actor, act="outbox.replay_topic", target=f"outbox:{topic}", reason=reason, details=details, at=at)
    return len(events)


def dead_event(event_id: uuid.UUID) -> OutboxEvent:
    event = OutboxEvent.objects.select_for_update().filter(id=event_id).first()
    if event is None:
        raise NotFound()
    if event.state != State.DEAD:
        raise NotDead(state=event.state)
    return event


def set_pending(event: OutboxEvent, *, at: datetime) -> None:
    event.state, event.attempts, event.next_attempt_at = State.PENDING, 0, at
    event.save(update_fields=["state", "attempts", "next_attempt_at"])
    nudge.after_commit(event.shard)


PRUNE = """
WITH old AS (
    SELECT id FROM core_outboxevent WHERE shard = %(shard)s AND state = 'done' AND done_at < %(before)s
    ORDER BY done_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), gone AS (DELETE FROM core_outboxevent WHERE shard = %(shard)s AND id IN (SELECT id FROM old) RETURNING id)
SELECT id FROM gone
"""


@transaction.atomic
def prune(*, shard: int, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of a shard's events done more than KEPT ago, with the notes of their handlers. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, {"shard": shard, "before": at - KEPT, "batch": batch})
        ids = [row[0] for row in cursor.fetchall()]
    HandledEvent.objects.filter(event_id__in=ids).delete()
    return len(ids)
