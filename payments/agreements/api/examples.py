"""Examples of agreements, for the OpenAPI document."""

from typing import Any

from payments.cashier.api import examples as cashier

AT, ORDER_ID = cashier.AT, cashier.ORDER_ID
AGREEMENT_ID = "agr_06a1m5x9q0e7z8r2k4w6t1y3v5"
DEDUCTION_ID = "ded_06a1m5x9q0e7z8r2k4w6t1y3v5"
NEW_AGREEMENT = {
    "out_agreement_no": "A20261122-0001",
    "title": "Tea of the month",
    "cap": 5000,
    "total_cap": 60000,
    "period": "month",
    "first_on": "2026-12-01",
}
ASKED: dict[str, Any] = {
    "id": AGREEMENT_ID,
    "merchant_id": "mch_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "merchant": "Hangzhou Tea",
    "out_agreement_no": "A20261122-0001",
    "title": "Tea of the month",
    "cap": 5000,
    "total_cap": 60000,
    "taken": 0,
    "currency": "CNY",
    "period": "month",
    "period_days": None,
    "first_on": "2026-12-01",
    "state": "asked",
    "end": "",
    "next_window": {"opens_on": "2026-11-28", "due_on": "2026-12-01"},
    "signed_at": None,
    "expires_at": "2026-11-29T10:00:00+08:00",
    "created_at": AT,
}
SIGNED = ASKED | {"state": "signed", "signed_at": AT}
MINE = SIGNED | {"methods": [{"method": "balance", "ref": ""}]}
SIGN = {"methods": [{"method": "balance", "ref": ""}], "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
NEW_DEDUCTION = {"agreement_id": AGREEMENT_ID, "out_trade_no": "T20261201-0001", "amount": 4900, "subject": "Tea of December"}
DEDUCTION = {
    "id": DEDUCTION_ID,
    "agreement_id": AGREEMENT_ID,
    "order_id": ORDER_ID,
    "out_trade_no": "T20261201-0001",
    "subject": "Tea of December",
    "amount": 4900,
    "currency": "CNY",
    "state": "waiting",
    "code": "",
    "tries": 0,
    "next_at": AT,
    "created_at": AT,
}
