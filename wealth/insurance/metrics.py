"""Insurance's money counters, and what waits of it, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, counts_money, gauges
from wealth.insurance import queries

counts_money("wealth.premium_paid", product="insurance_premium", outcome="paid")
counts_money("wealth.premium_failed", product="insurance_premium", outcome="failed")
counts_money("wealth.policy_paid_out", product="insurance_payout", outcome="paid")


@gauges("wealth.insurance")
def waiting(at: datetime) -> Iterable[Gauge]:
    found = {
        "application": queries.referred(),
        "claim": queries.open_claims(),
        "overdue_premium": queries.overdue_premiums(at),
        "stuck_premium": queries.stuck_premiums(at),
        "late_payout": queries.late_payouts(at),
    }
    for what, rows in found.items():
        yield Gauge("banyan_insurance_waiting", "Rows of insurance that wait for somebody", rows.count(), {"what": what})
