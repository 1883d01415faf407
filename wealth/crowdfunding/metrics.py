"""The money counters of campaigns, and those that wait for people, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, counts_money, gauges
from wealth.crowdfunding import queries

counts_money("wealth.campaign_successful", product="campaign", outcome="successful", amount="paid_fen")
counts_money("wealth.campaign_failed", product="campaign", outcome="failed", amount="paid_fen")
counts_money("wealth.campaign_milestone_paid", product="campaign", outcome="paid")


@gauges("wealth.crowdfunding")
def waiting(at: datetime) -> Iterable[Gauge]:
    for what, rows in {"campaign": queries.in_review(), "milestone": queries.to_approve()}.items():
        yield Gauge("banyan_crowdfunding_waiting", "Rows of crowdfunding that wait for two people", rows.count(), {"what": what})
