"""Work that waits for operators, for Prometheus."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from core.work import queries


@gauges("work")
def waiting(at: datetime) -> Iterable[Gauge]:
    kinds = Counter(item.kind for item in queries.waiting())
    return [
        Gauge("banyan_work_items_waiting", "Things only an operator can settle", count, {"kind": kind}) for kind, count in kinds.items()
    ]
