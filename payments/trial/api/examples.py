"""Examples of the merchants' sandbox, for the OpenAPI document."""

from typing import Any

from payments.agreements.api import examples as agreed
from payments.cashier.api.examples import MERCHANT_ORDER, ORDER_ID, PAID_ORDER
from payments.cashier.api.examples import NEEDS_STEP_UP as STEP_UP
from payments.disputes.api import examples as disputed
from payments.merchants.api.examples import KEY
from payments.qr.api.examples import NEW_PAYER_CODE as PAYER_CODE
from payments.settlement.api import examples as settled

__all__ = ["KEY", "PAYER_CODE"]
PAY = {"order_id": ORDER_ID, "as": "paid"}
DECLINED = {"order_id": ORDER_ID, "as": "refused:INSUFFICIENT_FUNDS"}
MIXED_PAY = {"order_id": ORDER_ID, "as": "paid", "funding": "mixed"}
PAID = {"result": "paid", "code": "", "message": "", "order": PAID_ORDER}
PENDING = {"result": "pending", "code": "", "message": "", "order": MERCHANT_ORDER | {"state": "paying"}}
REFUSED = {
    "result": "refused",
    "code": "INSUFFICIENT_FUNDS",
    "message": "There is not enough money on the card. Use another one.",
    "order": MERCHANT_ORDER,
}
NEEDS_STEP_UP = {"result": STEP_UP["result"], "code": STEP_UP["code"], "message": STEP_UP["message"], "order": MERCHANT_ORDER}
EXPIRED_ORDER = MERCHANT_ORDER | {"state": "closed"}
DISPUTE_IN: dict[str, Any] = {"order_id": ORDER_ID, "kind": "not_received", "words": "Nothing has arrived after three weeks."}
DISPUTE = disputed.THEIRS
LOSE = {"as": "lost"}
LOST_DISPUTE = disputed.THEIRS | {
    "state": "lost",
    "verdict": "Decided in the sandbox, as its merchant asked.",
    "refund_id": "rfd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "decided_at": disputed.AT,
}
SIGNED = agreed.SIGNED
MISS = {"as": "missed"}
MISSED_DEDUCTION = agreed.DEDUCTION | {"code": "INSUFFICIENT_FUNDS", "tries": 1, "next_at": "2026-11-23T10:00:00+08:00"}
PAID_DEDUCTION = agreed.DEDUCTION | {"state": "paid"}
COME_BACK = {"as": "returned"}
SETTLED = settled.IN_FULL
SPEND = {"as": "spends"}
RECEIVER = {"kind": "customer", "account": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5", "name": "Chen Mo", "balance": 0}
