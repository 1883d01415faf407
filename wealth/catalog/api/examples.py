"""Examples of the catalogue, for the OpenAPI document."""

from payments.merchants.api.examples import AT

ELEMENTS = {
    "safety": {"risk": "R1", "principal_protected": False, "words": "R1: hardly any risk, principal not protected"},
    "yield": {
        "kind": "seven_day", "low_bp": None, "high_bp": None, "seven_day_percent": "1.872", "income_per_10k": "0.5103",
        "as_of": "2026-11-20", "carry": "daily", "words": "seven-day yield 1.872 % as of 2026-11-20; income is added daily",
    },
    "liquidity": {
        "fast_cap": 1_000_000, "redeem_days": 1, "locked": False, "transferable": False,
        "words": "10,000.00 yuan a day at once, above it money on T+1",
    },
    "term": {"days": None, "words": "open: as long as you like"},
}  # fmt: skip
LINE = {
    "id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "code": "DEW01",
    "kind": "current",
    "name": "Morning Dew money fund",
    "state": "on_sale",
    "minimum": 1,
    "step": 1,
    "elements": ELEMENTS,
}
OUTCOME = {
    "amount": 1_000_000, "days": 30, "income": 1_538, "fee": 0, "end": 1_001_538, "currency": "CNY", "rate_percent": "1.872",
    "as_of": "2026-11-20", "certain": False,
}  # fmt: skip
DATES = {
    "trade_on": "2026-11-23",
    "cut_at": AT,
    "confirmed_on": "2026-11-24",
    "earns_from": "2026-11-24",
    "last_income_on": "2026-11-23",
    "cash_on": "2026-11-24",
}
DISCLOSURE = {
    "issuer": "sandbox_issuer",
    "issuer_name": "Banyan Sandbox Fund Management",
    "custodian": "Sandbox Bank",
    "licence": "SBX-0001",
    "version": 1,
    "published_at": AT,
    "fees": {"buy_bp": 0, "redeem_bp": 0, "manage_bp": 25, "words": "A quarter of a percent a year, taken before income is quoted."},
    "risk_text": "A money fund may lose value. Past income says nothing of income to come.",
    "risk_text_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
PRODUCT = LINE | {
    "person_cap": None,
    "left": None,
    "left_today": 50_000_000,
    "way_out": "At any time: up to 10,000.00 yuan a day at once, more by the next trading day.",
    "dates": DATES,
    "would_have": OUTCOME | {"amount": 1, "days": 30, "income": 0, "end": 1},
    "disclosure": DISCLOSURE,
    "details": {},
}
COMPARED = {"items": [PRODUCT, PRODUCT | {"id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v6", "code": "DEW02"}]}
