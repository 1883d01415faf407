"""Examples of credit products, for the OpenAPI document."""

LINE = {
    "id": "crp_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "code": "BYPAY01",
    "kind": "credit_pay",
    "name": "Banyan Pay Later",
    "lender": "Banyan Consumer Finance Co., Ltd.",
    "state": "on_offer",
    "least": 10_000,
    "most": 5_000_000,
    "step": 1,
    "currency": "CNY",
    "price_words": "8.38 to 15.86 % a year, everything included",
}
PAYMENTS = [
    {"number": 1, "due_on": "2026-12-24", "amount": 34_033, "principal": 33_333, "interest": 0, "fee": 700, "left": 66_667},
    {"number": 2, "due_on": "2027-01-24", "amount": 34_033, "principal": 33_333, "interest": 0, "fee": 700, "left": 33_334},
    {"number": 3, "due_on": "2027-02-24", "amount": 34_034, "principal": 33_334, "interest": 0, "fee": 700, "left": 0},
]
QUOTE = {
    "price": {"yearly_percent": "12.53", "effective_percent": "13.28"},
    "amount": 100_000,
    "total": 102_100,
    "cost": 2_100,
    "interest": 0,
    "fee": 2_100,
    "currency": "CNY",
    "periods": 3,
    "starts_on": "2026-11-24",
    "payments": PAYMENTS,
}
QUOTES = {"items": [QUOTE]}
PRODUCT = LINE | {
    "version": 1,
    "periods": [3, 6, 9, 12],
    "cycle": {"mode": "statement", "statement_day": 1, "due_after": 9},
    "late": {
        "grace_days": 0,
        "daily_percent": "0.05",
        "words": "After 0 days of grace 0.05 % a day of what is overdue is asked, and the line is frozen until you have paid.",
    },
    "early": {
        "strategies": ["fewer", "smaller", "skip"],
        "fee_percent": "0",
        "words": "You may pay ahead at any time at no cost: fewer payments, or smaller payments, or the next payments are paid already.",
    },
    "cap_percent": "24.00",
    "risk_text": "Borrow what you can pay back. Being late costs more and is told to the credit bureau.",
    "example": QUOTE,
}
