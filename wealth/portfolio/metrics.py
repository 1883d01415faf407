"""Parts whose days are not kept, or wait to be kept anew, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from wealth.portfolio import queries


@gauges("portfolio")
def parts_behind(at: datetime) -> Iterable[Gauge]:
    through = queries.over_through()
    number = 0 if through is None else len(queries.behind(through))
    return [Gauge("banyan_portfolio_parts_behind", "Parts of customers with days to keep; bad above 0 for minutes", number)]
