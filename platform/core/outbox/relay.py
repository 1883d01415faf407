"""Handing events to their handlers: at least once per event, exactly once per handler, in order per key.

A relay takes the first unfinished event of each key that is due (SKIP LOCKED), counts the attempt and sets the event's
next attempt to the end of its lease, so that a killed relay's events come due again. A later event of a key waits while
an earlier one is pending or dead. Each handler runs in its own transaction together with its HandledEvent row.

Events tried before are taken one by one, after the fresh ones: one whose handler kills its process takes no other with it.
docs/processes.md says how long an event may be on its way.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from django.db import connection, transaction

from core.attempts import Attempt
from core.outbox.models import OutboxEvent
from core.outbox.registry import HANDLERS, Event, Handler

LEASE = timedelta(seconds=60)
LOCK_SECONDS = 30
"""How long a handler waits for a row that somebody else keeps: less than a lease, or a second relay would wait behind it too."""
BATCH = 20
UNHEARD_BATCH = 1000
MAX_ATTEMPTS = 12
FIRST_WAIT_SECONDS = 2
LONGEST_WAIT_SECONDS = 3600
log = structlog.get_logger(__name__)

DUE = """
    SELECT due.id FROM core_outboxevent AS due
    WHERE due.shard = %(shard)s AND due.state = 'pending' AND due.next_attempt_at <= %(at)s AND (due.attempts > 0) = {tried}
    AND NOT EXISTS (
        SELECT 1 FROM core_outboxevent AS earlier
        WHERE earlier.shard = due.shard AND earlier.key = due.key AND earlier.state <> 'done' AND earlier.id < due.id
    )
"""
TAKE = f"""
WITH fresh AS MATERIALIZED (
    {DUE.format(tried="false")} ORDER BY due.next_attempt_at, due.id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), again AS MATERIALIZED (
    {DUE.format(tried="true")} AND NOT EXISTS (SELECT FROM fresh)
    ORDER BY due.next_attempt_at, due.id LIMIT 1 FOR UPDATE OF due SKIP LOCKED
), picked AS (SELECT id FROM fresh UNION ALL SELECT id FROM again)
UPDATE core_outboxevent AS taken SET attempts = taken.attempts + 1, next_attempt_at = %(lease_end)s
FROM picked WHERE taken.shard = %(shard)s AND taken.id = picked.id
RETURNING taken.id, taken.topic, taken.key, taken.payload::text, taken.occurred_at, taken.attempts
"""  # noqa: S608  # nosec B608  # fragments of this module alone
TAKE_NEXT = """
UPDATE core_outboxevent AS taken SET attempts = taken.attempts + 1, next_attempt_at = %(lease_end)s
WHERE taken.shard = %(shard)s AND taken.state = 'pending' AND taken.next_attempt_at <= %(at)s AND taken.id = (
    SELECT first.id FROM core_outboxevent AS first
    WHERE first.shard = %(shard)s AND first.key = %(key)s AND first.state <> 'done' ORDER BY first.id LIMIT 1
)
RETURNING taken.id, taken.topic, taken.key, taken.payload::text, taken.occurred_at, taken.attempts
"""
FINISH_UNHEARD = """
WITH picked AS MATERIALIZED (
    SELECT due.id FROM core_outboxevent AS due
    WHERE due.shard = %(shard)s AND due.state = 'pending' AND due.next_attempt_at <= %(at)s AND due.attempts = 0
    AND NOT due.topic = ANY (%(heard)s)
    ORDER BY due.next_attempt_at, due.id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE core_outboxevent AS unheard SET state = 'done', attempts = unheard.attempts + 1, done_at = %(at)s, last_error = ''
FROM picked WHERE unheard.shard = %(shard)s AND unheard.id = picked.id
"""
NOTE = """
INSERT INTO core_handledevent (event_id, handler, handled_at)
SELECT %s::uuid, %s, %s::timestamptz FROM set_config('lock_timeout', %s, true)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Taken:
    """An event this relay holds the lease of; `attempts` counts this one."""

    event: Event
    attempts: int


@dataclass
class Tally:
    """What one relay did: events finished, and events that failed and wait or died."""

    done: int = 0
    failed: int = 0


def relay_shard(*, shard: int, at: datetime) -> Tally:
    """Deliver everything of `shard` that is due at `at`, until nothing is, key by key. Opens its own transactions."""
    tally = Tally()
    tally.done += finish_unheard(shard=shard, at=at)
    while heads := take(shard=shard, at=at):
        for head in heads:
            relay_key(head, tally, shard=shard, at=at)
    return tally


def finish_unheard(*, shard: int, at: datetime) -> int:
    """Finish, in one statement, a batch of the due events that no handler of this version listens to. Returns how many.

    They have no effect that could come out of order, so they neither wait for earlier events of their key nor take a lease.
    Most events are such: they are kept for readers and for handlers to come.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINISH_UNHEARD, {"shard": shard, "at": at, "heard": list(HANDLERS), "batch": UNHEARD_BATCH})
        return cursor.rowcount


def relay_key(head: Taken, tally: Tally, *, shard: int, at: datetime) -> None:
    """Deliver `head` and then the later events of its key, one by one, until one fails or none is due."""
    following: Taken | None = head
    while following is not None:
        if not deliver(following, shard=shard, at=at):
            tally.failed += 1
            return
        tally.done += 1
        following = take_next(shard=shard, key=head.event.key, at=at)


def take(*, shard: int, at: datetime) -> list[Taken]:
    """Lease up to BATCH due events nobody tried yet, the first unfinished one of each key, oldest first; else one that was tried."""
    found = leased(TAKE, {"shard": shard, "at": at, "lease_end": at + LEASE, "batch": BATCH})
    return sorted(found, key=lambda taken: taken.event.id)


def take_next(*, shard: int, key: str, at: datetime) -> Taken | None:
    """Lease the first unfinished event of `key` if it is due. Two relays at once: one gets it."""
    found = leased(TAKE_NEXT, {"shard": shard, "key": key, "at": at, "lease_end": at + LEASE})
    return found[0] if found else None


def leased(statement: str, values: Mapping[str, Any]) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Taken(as_event(row), row[5]) for row in cursor.fetchall()]


def as_event(row: tuple[uuid.UUID, str, str, str, datetime, int]) -> Event:
    return Event(id=row[0], topic=row[1], key=row[2], payload=orjson.loads(row[3]), occurred_at=row[4])


def deliver(taken: Taken, *, shard: int, at: datetime) -> bool:
    """Run every handler that has not taken the event in yet. True when all have; else the event waits or dies."""
    if taken.attempts > MAX_ATTEMPTS:
        reasons = ["relay: its process ended in the middle of the last delivery"]
    else:
        reasons = list(run_handlers(taken.event, at=at))
    mine = OutboxEvent.objects.filter(id=taken.event.id, shard=shard, state=OutboxEvent.State.PENDING)
    if not reasons:
        mine.update(state=OutboxEvent.State.DONE, done_at=at, last_error="")
        return True
    error = "; ".join(reasons)
    if taken.attempts >= MAX_ATTEMPTS:
        mine.update(state=OutboxEvent.State.DEAD, last_error=error)
        log.error("outbox_event_dead", event_id=str(taken.event.id), topic=taken.event.topic, reason=error)
    else:
        mine.update(next_attempt_at=at + wait_after(taken.event.id, taken.attempts), last_error=error)
    return False


def run_handlers(event: Event, *, at: datetime) -> Iterable[str]:
    """Run the topic's handlers one by one; yields `<handler>: <reason>` for each that failed."""
    for name, handler in HANDLERS.get(event.topic, {}).items():
        with Attempt("outbox.handler", handler=name, event_id=str(event.id), topic=event.topic) as attempt:
            run_once(name, handler, event, at=at)
        if attempt.failure is not None:
            yield f"{name}: {attempt.reason}"


@transaction.atomic
def run_once(name: str, handler: Handler, event: Event, *, at: datetime) -> None:
    """The handler's effect and the note that it happened, together. A delivery of the same event elsewhere waits at the
    note's key and then finds it."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [event.id, name, at, f"{LOCK_SECONDS}s"])
        fresh = cursor.rowcount == 1
    if fresh:
        handler(event)


def wait_after(event_id: uuid.UUID, attempts: int) -> timedelta:
    """Doubling waits from FIRST_WAIT_SECONDS up to LONGEST_WAIT_SECONDS, less up to half of it by the event's own id, so that
    events that failed together do not come back together."""
    seconds = min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS)
    jitter = (event_id.int // 64 + attempts * 7919) % 1000 / 2000
    return timedelta(seconds=seconds * (1 - jitter))
