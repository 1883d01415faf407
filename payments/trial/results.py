"""What a trial payment may come to, and which fault switches of the sandbox bank bring it about. Pure."""

from dataclasses import dataclass, field
from typing import Any

DECLINES = ("INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "RISK_REFUSED", "CARD_FROZEN")
PAID, PENDING, FAILS, UNKNOWN, LATE = "paid", "pending_then_paid", "pending_then_failed", "unknown_then_paid", "late"
MISSED, FAILED = "missed", "failed"
REFUSED = "refused:"
WANTS_PROOF = REFUSED + "RISK_REFUSED"
RESULTS = (PAID, *(REFUSED + code for code in DECLINES), PENDING, FAILS, UNKNOWN, LATE)
RETURNED, TURNED_DOWN = "returned", "refused"
SETTLEMENT_RESULTS = (PAID, RETURNED, TURNED_DOWN)
DEDUCTION_RESULTS = (PAID, MISSED, FAILED, PENDING, UNKNOWN)
CARD, MIXED = "card", "mixed"
FUNDINGS = (CARD, MIXED)
DECIDES_AFTER_MS, DECIDES_LATE_MS, HANGS_MS = 1_500, 3_000, 50


@dataclass(frozen=True)
class Fault:
    """One switch (docs/sandbox-bank.md section 8), for one request of its operation."""

    name: str
    operation: str
    params: dict[str, Any] = field(default_factory=dict)

    def rule(self, request_no: str) -> dict[str, Any]:
        return {"name": self.name, "operations": [self.operation], "request_no": request_no, "times": 1, "params": self.params}


SHORT = Fault("decline", "payment", {"code": "INSUFFICIENT_FUNDS"})


def faults_for(result: str) -> tuple[Fault, ...]:
    """In the order in which they are switched on."""
    if result.startswith(REFUSED):
        return (Fault("decline", "payment", {"code": result.removeprefix(REFUSED)}),)
    return {
        PAID: (),
        MISSED: (SHORT,),
        FAILED: (SHORT,),
        FAILS: (Fault("processing_then_failed", "payment", {"after_ms": DECIDES_AFTER_MS, "code": "INSUFFICIENT_FUNDS"}),),
        PENDING: (Fault("processing_then_success", "payment", {"after_ms": DECIDES_AFTER_MS}),),
        UNKNOWN: (Fault("timeout_after_effect", "payment", {"hold_ms": HANGS_MS}),),
        LATE: (
            Fault("processing_then_success", "payment", {"after_ms": DECIDES_LATE_MS}),
            Fault("http_500_burst", "payment_close", {"n": 1}),
        ),
    }[result]


def payout_faults_for(result: str) -> tuple[Fault, ...]:
    return {
        PAID: (),
        RETURNED: (Fault("payout_returned", "payout", {"after_ms": DECIDES_AFTER_MS}),),
        TURNED_DOWN: (Fault("decline", "payout", {"code": "PAYEE_ACCOUNT_CLOSED"}),),
    }[result]
