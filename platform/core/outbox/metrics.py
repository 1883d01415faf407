"""The outbox's depth and age for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from core.outbox import queries


@gauges("outbox")
def backlog(at: datetime) -> Iterable[Gauge]:
    found = queries.backlog(at=at)
    depth, age = ("banyan_outbox_events", "Events not delivered"), ("banyan_outbox_oldest_seconds", "Age of the oldest event not delivered")
    return [
        Gauge(*depth, found.pending, {"state": "pending"}),
        Gauge(*depth, found.dead, {"state": "dead"}),
        Gauge(*age, found.oldest_pending_seconds, {"state": "pending"}),
        Gauge(*age, found.oldest_dead_seconds, {"state": "dead"}),
    ]
