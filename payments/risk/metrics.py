"""Reviews waiting, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from payments.risk.models import ReviewState, RiskReview


@gauges("risk_reviews")
def waiting(at: datetime) -> Iterable[Gauge]:
    found = RiskReview.objects.filter(state=ReviewState.OPEN).count()
    return [Gauge("banyan_risk_reviews_waiting", "Acts held until a person decides", found)]
