"""Examples of orders, for the OpenAPI document."""

from payments.merchants.api.examples import AT

PRODUCT = {"id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5", "code": "BYCASH01", "name": "Banyan Cash Plus"}
BUY_IN = {"product_id": PRODUCT["id"], "amount": 100000}
PREVIEW_IN = {"product_id": PRODUCT["id"], "amount": 100000}
REDEEM_IN = {"product_id": PRODUCT["id"], "units": 50000, "fast": True}
REDEEM_PREVIEW_IN = {"product_id": PRODUCT["id"], "units": 50000}
RISK = "a1b2" * 16
SHOWN = {
    "trade_on": "2026-11-23",
    "cut_off_at": "2026-11-23T15:00:00+08:00",
    "confirms_on": "2026-11-24",
    "price": "1.000000",
    "risk": "R1",
    "risk_text_sha256": RISK,
}
PREVIEW = {
    "product": PRODUCT,
    "amount": 100000,
    "currency": "CNY",
    **SHOWN,
    "earns_from": "2026-11-24",
    "risk_text": "The value of a money fund may fall, and it is no deposit.",
    "version": 1,
}
REDEEM_PREVIEW = {
    "product": PRODUCT,
    "units": 50000,
    "worth": 50000,
    "currency": "CNY",
    "trade_on": "2026-11-23",
    "cut_off_at": "2026-11-23T15:00:00+08:00",
    "confirms_on": "2026-11-24",
    "cash_on": "2026-11-24",
    "price": "1.000000",
    "fast_most": 1000000,
    "fast_left": 950000,
}
ORDER = {
    "id": "wod_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product": PRODUCT,
    "kind": "current",
    "side": "buy",
    "state": "checked",
    "fast": False,
    "amount": 100000,
    "units": None,
    "fee": 0,
    "currency": "CNY",
    **SHOWN,
    "earns_from": "2026-11-24",
    "cash_on": None,
    "version": 1,
    "pay_order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "serves": "",
    "details": {},
    "holding_id": None,
    "card_id": None,
    "withdrawal_id": None,
    "code": "",
    "created_at": AT,
    "changed_at": AT,
}
REDEMPTION = ORDER | {
    "side": "redeem",
    "state": "fast_paid",
    "fast": True,
    "amount": 50000,
    "units": 50000,
    "earns_from": None,
    "pay_order_id": None,
}
CANCELLED = ORDER | {"state": "cancelled", "code": "called_off"}
