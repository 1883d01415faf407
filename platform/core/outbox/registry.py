"""Who listens to which event. Rooms register in their handlers.py; the relay looks here."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """What a handler is given: plain values, no row."""

    id: uuid.UUID
    topic: str
    key: str
    payload: dict[str, Any]
    occurred_at: datetime


Handler = Callable[[Event], None]
HANDLERS: dict[str, dict[str, Handler]] = {}


def handles(topic: str, *, name: str) -> Callable[[Handler], Handler]:
    """Register a handler of `topic` under a stable `name` (`<floor>.<room>.<verb>`).

    It runs in one transaction with its HandledEvent row, so it runs once for an event however often it is delivered.
    """

    def register(handler: Handler) -> Handler:
        listeners = HANDLERS.setdefault(topic, {})
        if name in listeners:
            raise ValueError(f"{topic} has a handler {name!r} already")
        listeners[name] = handler
        return handler

    return register
