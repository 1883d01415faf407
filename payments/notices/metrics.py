"""How many notices wait to be taken, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from payments.notices import queries


@gauges("payments.notices")
def waiting(at: datetime) -> Iterable[Gauge]:
    number, oldest = queries.waiting()
    age_s = 0.0 if oldest is None else max((at - oldest).total_seconds(), 0.0)
    return [
        Gauge("banyan_merchant_notices_waiting", "Notices that no merchant's program has taken yet", number, {}),
        Gauge("banyan_merchant_notices_oldest_seconds", "Age of the oldest of them", age_s, {}),
    ]
