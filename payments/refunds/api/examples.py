"""Examples of the API of refunds, for the OpenAPI document."""

from typing import Any

from payments.cashier.api.examples import AT, ORDER_ID

REFUND_ID = "rfd_06a1m5x9q0e7z8r2k4w6t1y3v5"
NEW_REFUND = {"order_id": ORDER_ID, "out_refund_no": "R20261122-0001", "amount": 5000, "reason": "One cup was broken"}
BY_OWNER = {"amount": 5000, "reason": "One cup was broken", "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
PAYER_REFUND: dict[str, Any] = {
    "id": REFUND_ID,
    "order_id": ORDER_ID,
    "amount": 5000,
    "currency": "CNY",
    "reason": "One cup was broken",
    "status": "succeeded",
    "created_at": AT,
    "settled_at": AT,
}
REFUND = PAYER_REFUND | {"out_refund_no": "R20261122-0001", "fee_back": 30, "asked_by": "app", "code": ""}
PENDING = REFUND | {"status": "processing", "settled_at": None}
