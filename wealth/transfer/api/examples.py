"""Examples of transfers, for the OpenAPI document."""

PRICE = {
    "principal": 500000,
    "premium_bp": 20,
    "clean": 501000,
    "accrued": 1274,
    "price": 502274,
    "fee": 1005,
    "net": 501269,
    "at_maturity": 503821,
    "days_left": 60,
    "yield_percent": "1.874",
    "dearest_premium_bp": 50,
    "most_discount_bp": 1000,
}
OFFER_IN = {"fixed_holding_id": "fxh_06a1m5x9q0e7z8r2k4w6t1y3v5", "principal": 500000, "premium_bp": 20}
QUOTE = PRICE | {"currency": "CNY", "ends_at": "2026-12-09T00:00:00+08:00"}
OFFER = {
    "id": "fxo_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_code": "BYFIX090",
    "product_name": "Steady 90",
    "risk": "R2",
    "state": "listed",
    "principal": 500000,
    "premium_bp": 20,
    "currency": "CNY",
    "rate_bp": 310,
    "matures_on": "2027-02-22",
    "at_maturity": 503821,
    "accrued": 1274,
    "price": 502274,
    "days_left": 60,
    "yield_percent": "1.874",
    "mine": False,
    "ends_at": "2026-12-09T00:00:00+08:00",
    "created_at": "2026-11-24T09:12:04+08:00",
}
OWN = OFFER | {"mine": True}
WITHDRAWN = OWN | {"state": "withdrawn", "accrued": None, "price": None, "days_left": None, "yield_percent": None}
BUY_IN = {"offer_id": "fxo_06a1m5x9q0e7z8r2k4w6t1y3v5"}
TRADE = {
    "id": "fxt_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "side": "buy",
    "product_id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_code": "BYFIX090",
    "product_name": "Steady 90",
    "state": "reserved",
    "principal": 500000,
    "premium_bp": 20,
    "accrued": 1274,
    "price": 502274,
    "fee": None,
    "currency": "CNY",
    "at_maturity": 503821,
    "days_left": 60,
    "yield_percent": "1.874",
    "pay_order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "holding_id": None,
    "settled_on": None,
    "code": "",
    "created_at": "2026-11-24T09:20:11+08:00",
}
PAID = {
    "settled_on": "2026-11-24",
    "principal": 500000,
    "premium_bp": 20,
    "accrued": 1274,
    "price": 502274,
    "currency": "CNY",
    "days_left": 60,
    "yield_percent": "1.874",
}
