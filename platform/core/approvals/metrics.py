"""Approvals waiting, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.approvals.models import Approval
from core.observe.metrics import Gauge, gauges


@gauges("approvals")
def waiting(at: datetime) -> Iterable[Gauge]:
    found = Approval.objects.filter(state=Approval.State.PENDING).count()
    return [Gauge("banyan_approvals_waiting", "Proposals waiting for a second person", found)]
