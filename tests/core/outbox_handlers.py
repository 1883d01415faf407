"""Handlers for the outbox tests: each counts what it took in with a real row, in its own transaction."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from core.limits import queries as limits
from core.limits.services import take
from core.outbox.registry import HANDLERS, Event, Handler

TALLY = uuid.UUID("01933f6e-0000-7000-8000-000000000001")
NO_CAP = 10**12


def count(event: Event) -> None:
    """One more of this event and one more in all, as rows that a rolled-back delivery takes with it."""
    take(counter="tests.handled", owner=TALLY, period="life", amount=1, cap=NO_CAP)
    take(counter="tests.event", owner=event.id, period="life", amount=1, cap=NO_CAP)


def counted() -> int:
    return limits.used(counter="tests.handled", owner=TALLY, period="life")


def times_handled(event_id: uuid.UUID) -> int:
    return limits.used(counter="tests.event", owner=event_id, period="life")


@contextmanager
def listening(topic: str, **handlers: Handler) -> Iterator[None]:
    """Register `handlers` by name for the length of a test."""
    HANDLERS.setdefault(topic, {}).update(handlers)
    try:
        yield
    finally:
        for name in handlers:
            del HANDLERS[topic][name]
