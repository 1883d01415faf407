"""Money funds that wait for a quote, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from wealth.current import queries, waiting


@gauges("current")
def waiting_for_quotes(at: datetime) -> Iterable[Gauge]:
    number = len(waiting.missing(through=queries.bookable_through()))
    return [Gauge("banyan_current_quotes_missing", "Money funds whose days wait for a quote; bad above 0", number)]
