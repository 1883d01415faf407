"""Examples of advice, for the OpenAPI document."""

from payments.merchants.api.examples import AT
from wealth.orders.api.examples import PRODUCT, RISK, SHOWN

MODEL = {"id": "mpf_06a1m5x9q0e7z8r2k4w6t1y3v5", "level": "C2", "starts_on": "2026-11-01", "mean_bp": 320, "deviation_bp": 150}
ADVICE = {
    "profile": "valid",
    "level": "C2",
    "model": MODEL,
    "positions": [{"product": PRODUCT, "risk": "R1", "value": 300000, "target_bp": 6000, "part_bp": "7500.00"}],
    "invested": 400000,
    "coming": 0,
    "balance": 50000,
    "currency": "CNY",
    "drift_bp": "1500.00",
    "sell_at_bp": 300,
    "suggested": True,
}
PLAN_IN = {"cash": 100000}
ITEM = {
    **SHOWN,
    "side": "buy",
    "product": PRODUCT,
    "amount": 100000,
    "fast": False,
    "earns_from": "2026-11-24",
    "cash_on": None,
    "risk_text": "The value of a money fund may fall, and it is no deposit.",
    "risk_text_sha256": RISK,
    "order_id": None,
    "code": "",
}
PLAN = {
    "id": "apl_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "model_id": MODEL["id"],
    "level": "C2",
    "state": "shown",
    "cash": 100000,
    "invested": 400000,
    "currency": "CNY",
    "left": 0,
    "left_out": [],
    "drift_bp": "1500.00",
    "drift_after_bp": "0.00",
    "items": [ITEM],
    "expires_at": "2026-11-22T10:15:00+08:00",
    "confirmed_at": None,
    "created_at": AT,
}
CONFIRMED = PLAN | {
    "state": "confirmed",
    "confirmed_at": "2026-11-22T10:05:00+08:00",
    "items": [ITEM | {"order_id": "wod_06a1m5x9q0e7z8r2k4w6t1y3v5"}],
}
GOAL_IN = {"name": "A flat", "amount": 50000000, "monthly": 300000, "due_on": "2032-06-30"}
GOAL_ID = {"id": "wgo_06a1m5x9q0e7z8r2k4w6t1y3v5"}
GOAL = {
    **GOAL_ID,
    **GOAL_IN,
    "saved": 400000,
    "currency": "CNY",
    "months": 67,
    "projected": {"low": 21012345, "middle": 22123456, "high": 23234567},
    "created_at": AT,
}
INVEST_IN = {"product_id": PRODUCT["id"], "amount": 50000, "every": "month", "day": 15, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
INVESTING = {
    "id": "ivp_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product": PRODUCT,
    "amount": 50000,
    "currency": "CNY",
    "every": "month",
    "keep": None,
    "day": 15,
    "state": "active",
    "coming": [
        {"on": "2026-12-15", "trades_on": "2026-12-15"},
        {"on": "2027-01-15", "trades_on": "2027-01-15"},
        {"on": "2027-02-15", "trades_on": "2027-02-22"},
    ],
    "failures": 0,
    "code": "",
    "created_at": AT,
}
RUN = {
    "id": "ivr_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "on": "2026-12-15",
    "traded_on": "2026-12-15",
    "state": "paid",
    "amount": 50000,
    "currency": "CNY",
    "tries": 1,
    "next_at": None,
    "order_id": "wod_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "code": "",
    "created_at": AT,
}
