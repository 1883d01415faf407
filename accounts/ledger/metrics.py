"""Whether the ledger runs, is proved, folded and sealed in time, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime
from math import inf

from accounts.ledger import halt, proving
from accounts.ledger.calls import rows
from core.observe.metrics import Gauge, gauges

PENDING = "SELECT count(*), min(posted_at) FROM ledger_pending"
UNSEALED = """
SELECT posted_at FROM ledger_journal
WHERE transaction >= coalesce((SELECT to_transaction FROM ledger_sealblock ORDER BY number DESC LIMIT 1), 0)
ORDER BY transaction LIMIT 1
"""


@gauges("ledger")
def ledger(at: datetime) -> Iterable[Gauge]:
    proof = proving.last_finished()
    (pending, oldest), *_ = rows(PENDING, ())
    unsealed = rows(UNSEALED, ())
    return [
        Gauge("banyan_ledger_halted", "1 while every money command is refused", int(halt.standing() is not None)),
        Gauge(
            "banyan_ledger_proof_age_seconds",
            "Since the last proof of the books finished",
            seconds(proof.finished_at, at) if proof else inf,
        ),
        Gauge("banyan_ledger_proof_findings", "What the last finished proof found", (proof.findings or 0) if proof else 0),
        Gauge("banyan_ledger_pending_legs", "Legs not folded into their balances", pending),
        Gauge("banyan_ledger_pending_oldest_seconds", "Age of the oldest leg not folded", seconds(oldest, at)),
        Gauge(
            "banyan_ledger_unsealed_oldest_seconds", "Age of the oldest journal not sealed", seconds(unsealed[0][0], at) if unsealed else 0
        ),
    ]


def seconds(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)
