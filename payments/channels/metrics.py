"""Gauges of channels: a breaker that lets no call out."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from payments.channels import queries


@gauges("payments.channels")
def breakers(at: datetime) -> Iterable[Gauge]:
    for row in queries.breakers():
        shut = float(row.state != "closed")
        yield Gauge("banyan_channel_open", "Whether the channel's breaker keeps calls from going out", shut, {"channel": row.channel_id})
