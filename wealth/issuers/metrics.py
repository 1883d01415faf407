"""Gauges of issuers: what nobody knows, what waits for files, what does not fit."""

from collections.abc import Iterable
from datetime import datetime

from core.observe.metrics import Gauge, gauges
from wealth.issuers import queries


@gauges("wealth.issuers")
def open_items(at: datetime) -> Iterable[Gauge]:
    for (issuer, state), count in queries.open_by_state().items():
        yield Gauge("banyan_issuer_requests_open", "Requests to issuers that are not over", count, {"issuer": issuer, "state": state})
    for (issuer, state), count in queries.files_by_state().items():
        yield Gauge("banyan_issuer_files_open", "Confirmation files that are not settled", count, {"issuer": issuer, "state": state})
