"""Examples of settlement's API, for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

AT = "2026-11-23T00:00:05+08:00"
SETTLEMENT: dict[str, Any] = {
    "id": "stl_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "merchant_id": "mch_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "business_on": "2026-11-22",
    "state": "paid",
    "code": "",
    "orders": 2,
    "refunds": 1,
    "paid_orders": 10500,
    "fees": 63,
    "refunded": 5000,
    "fees_returned": 30,
    "covered": 0,
    "splits": 0,
    "disputes": 0,
    "adjustments": 0,
    "net": 5467,
    "opening": 0,
    "kept_for_splits": 0,
    "settled": 5467,
    "left": 0,
    "kept_back": 0,
    "kept_back_until": None,
    "released": 0,
    "carried": 0,
    "payout": 5467,
    "paid": 5467,
    "currency": "CNY",
    "due_on": "2026-11-23",
    "paid_at": "2026-11-23T09:00:00+08:00",
    "created_at": AT,
}
PAYOUT = {
    "id": "pyo_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "amount": 5467,
    "state": "paid",
    "code": "",
    "created_at": AT,
    "changed_at": "2026-11-23T09:00:00+08:00",
}
IN_FULL = SETTLEMENT | {"payouts": [PAYOUT]}
LINE = {
    "kind": "order",
    "id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "out_no": "T20261122001",
    "order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "amount": 10000,
    "fee": 60,
    "covered": 0,
    "net": 9940,
    "journal_id": "jrn_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "posted_at": "2026-11-22T10:00:00+08:00",
}


def answer(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


def a_file(columns: str) -> OpenApiExample:
    return OpenApiExample("a file", value=columns, response_only=True, media_type="text/csv")
