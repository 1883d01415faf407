"""Examples of payments by code, for the OpenAPI document."""

from typing import Any

from payments.cashier.api import examples as cashier

AT, ORDER_ID = cashier.AT, cashier.ORDER_ID
CODE_ID = "qrc_06a1m5x9q0e7z8r2k4w6t1y3v5"
PAYER_CODE_ID = "pcd_06a1m5x9q0e7z8r2k4w6t1y3v5"
STORE_ID = "sto_06a1m5x9q0e7z8r2k4w6t1y3v5"
APP_ID = "app_06a1m5x9q0e7z8r2k4w6t1y3v5"
MERCHANT_ID = "mch_06a1m5x9q0e7z8r2k4w6t1y3v5"
AUTH_CODE = "621234567890123456"
NEW_PAYER_CODE = {"id": PAYER_CODE_ID, "auth_code": AUTH_CODE, "expires_at": "2026-11-22T10:01:00+08:00"}
PAYER_CODE = {"id": PAYER_CODE_ID, "result": "confirm", "order_id": ORDER_ID, "expires_at": "2026-11-22T10:01:00+08:00"}
CODE_PAY = {"auth_code": AUTH_CODE, "out_trade_no": "T20261122-0002", "amount": 1800, "subject": "Two coffees", "store_id": STORE_ID}
BY_CODE: dict[str, Any] = cashier.PAID_ORDER | {
    "out_trade_no": "T20261122-0002",
    "scene": "qr_payer",
    "subject": "Two coffees",
    "amount": 1800,
    "fee": 11,
    "store_id": STORE_ID,
}
CODE_PAID = {"result": "paid", "code": "", "message": "", "order": BY_CODE}
CONFIRMING = {
    "result": "user_confirming",
    "code": "",
    "message": "",
    "order": BY_CODE | {"state": "created", "fee": 0, "paid_at": None},
}
CODE_REFUSED = {
    "result": "refused",
    "code": "payer_short",
    "message": "The payer's ways to pay do not cover it. Ask for another way, and begin with a new out_trade_no.",
    "order": BY_CODE | {"state": "closed", "fee": 0, "paid_at": None},
}
REVERSED = {"result": "closed", "code": "reversed", "message": "", "order": BY_CODE | {"state": "closed", "fee": 0, "paid_at": None}}
CODE_REFUNDED = {"result": "refunded", "code": "", "message": "", "order": BY_CODE | {"state": "refunded", "refunded": 1800}}
NEW_DYNAMIC = {"out_trade_no": "T20261122-0003", "amount": 1800, "subject": "Two coffees"}
DYNAMIC = {"code_url": f"banyan://qr/{ORDER_ID}", "order": cashier.MERCHANT_ORDER | {"scene": "qr_dynamic"}}
NEW_PRINTED = {"store_id": STORE_ID, "app_id": APP_ID, "title": "Riverside, till 2"}
PRINTED = {
    "id": CODE_ID,
    "code_url": f"banyan://qr/{CODE_ID}",
    "merchant_id": MERCHANT_ID,
    "store_id": STORE_ID,
    "app_id": APP_ID,
    "title": "Riverside, till 2",
    "amount": None,
    "currency": "CNY",
    "state": "active",
    "created_at": AT,
}
SCAN = {"qr_code": CODE_ID, "amount": 1800}
SCANNED_ORDER = cashier.ORDER | {"amount": 1800, "subject": "Riverside, till 2"}
SCANNED_STATIC = {
    "kind": "static",
    "order": None,
    "static": {
        "id": CODE_ID,
        "merchant_id": MERCHANT_ID,
        "merchant": "Hangzhou Tea",
        "store": "Riverside shop",
        "title": "Riverside, till 2",
        "amount": None,
        "currency": "CNY",
        "active": True,
        "left_today": 50000,
    },
}
SCANNED_DYNAMIC = {"kind": "order", "order": SCANNED_ORDER, "static": None}
SCANNED_PAYER = {"kind": "payer_code", "order": None, "static": None}
