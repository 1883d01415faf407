"""Examples of the log of notices, for the OpenAPI document."""

from payments.merchants.api.examples import APP_ID, AT

NOTICE = {
    "id": "mnt_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "type": "order.paid",
    "subject": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "app_id": APP_ID,
    "url": "https://shop.example/banyan",
    "state": "delivered",
    "tries": 2,
    "last_status": 200,
    "last_error": "",
    "next_try_at": None,
    "occurred_at": AT,
    "delivered_at": AT,
    "created_at": AT,
}
BODY = '{"id":"mnt_06a1m5x9q0e7z8r2k4w6t1y3v5","type":"order.paid","data":{"order_id":"ord_06a1m5x9q0e7z8r2k4w6t1y3v5","amount":10000}}'
TRIES = [
    {"number": 1, "at": AT, "took_ms": 31, "status": 500, "error": "http_500", "answer": "Internal Server Error"},
    {"number": 2, "at": AT, "took_ms": 12, "status": 200, "error": "", "answer": "ok"},
]
READ = {"notice": NOTICE, "body": BODY, "log": TRIES}
AGAIN = NOTICE | {"state": "pending", "next_try_at": AT}
