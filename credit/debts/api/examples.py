"""Examples of debts, for the OpenAPI document."""

from payments.merchants.api.examples import AT

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PAYMENT = {"number": 1, "due_on": "2026-12-24", "principal": 97_025, "interest": 7_300, "fee": 0}
QUOTE = {
    "yearly_percent": "14.60",
    "effective_percent": "15.62",
    "total": 625_951,
    "interest": 25_951,
    "fees": 0,
    "amount": 600_000,
    "periods": 6,
    "starts_on": "2026-11-24",
    "payments": [PAYMENT],
    "product": "CASH01",
    "version": 1,
    "lender": "Banyan Consumer Finance Co., Ltd.",
    "grace_days": 3,
    "penalty_daily_percent": "0.0500",
    "early_fee_percent": "0.0000",
    "currency": "CNY",
    "quote_sha256": HASH,
}
DRAW_IN = {"amount": 600_000, "periods": 6, "quote_sha256": HASH, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
SETTLEMENT = {"amount": 603_650, "principal": 600_000, "interest": 3_650, "fee": 0, "penalty": 0, "early_fee": 0}
INSTALMENT = {
    "number": 1,
    "due_on": "2026-12-24",
    "principal": 97_025,
    "interest": 7_300,
    "fee": 0,
    "penalty": 0,
    "paid": 0,
    "owed": 104_325,
}
DRAW = {
    "id": "drw_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "state": "open",
    "line_id": "crl_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product": "Banyan Cash",
    "amount": 600_000,
    "currency": "CNY",
    "starts_on": "2026-11-24",
    "owed_principal": 600_000,
    "due_now": 0,
    "overdue": 0,
    "overdue_since": None,
    "next_due_on": "2026-12-24",
    "next_due": 104_325,
    "settled_on": None,
    "created_at": AT,
}
TXN = {
    "id": "ctx_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "kind": "repaid",
    "amount": 104_325,
    "on": "2026-12-24",
    "parts": {"interest": 7_300, "principal": 97_025},
    "created_at": AT,
}
WHOLE = DRAW | {
    "settlement": SETTLEMENT,
    "schedule": [INSTALMENT],
    "if_late": {"grace_days": 3, "penalty_daily_percent": "0.0500", "line_frozen_after": "2026-12-27"},
    "payments": [TXN | {"kind": "drawn", "amount": 600_000, "parts": {}}],
    "quote_sha256": HASH,
}
IF_PAID = {
    "on": "2026-12-09",
    "amount": 200_000,
    "settlement": SETTLEMENT,
    "toward": {"principal": 200_000},
    "schedule": [INSTALMENT | {"principal": 200_000, "interest": 6_083, "paid": 200_000, "owed": 6_083}],
}
REPAY_IN = {"amount": 104_325, "strategy": "smaller", "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
DEBTS = {
    "principal": 600_000,
    "due_now": 0,
    "overdue": 0,
    "next_due_on": "2026-12-24",
    "next_due": 104_325,
    "currency": "CNY",
    "draws": [DRAW],
}
