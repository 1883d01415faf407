"""Examples of credit lines, for the OpenAPI document."""

from payments.merchants.api.examples import AT

LINE = {
    "id": "crl_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "state": "active",
    "product_id": "crp_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product": "Banyan Pay Later",
    "lender": "Banyan Consumer Finance Co., Ltd.",
    "limit": 1_200_000,
    "used": 300_000,
    "available": 900_000,
    "lasting_limit": 1_000_000,
    "temporary": 200_000,
    "temporary_from": "2026-11-01",
    "temporary_until": "2026-11-30",
    "currency": "CNY",
    "interest_percent": None,
    "freezes": [],
    "valid_until": "2026-10-31",
    "activated_at": AT,
    "created_at": AT,
    "changed_at": AT,
}
WHOLE = LINE | {
    "history": [
        {"change": "activated", "limit": 1_000_000, "temporary": 0, "at": AT},
        {"change": "invited", "limit": 1_000_000, "temporary": 0, "at": AT},
    ]
}
ACTIVATE_IN = {"limit": 1_000_000, "proof": "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"}
RAISE_IN = {"amount": 2_000_000}
RAISE = {
    "id": "crr_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "line_id": LINE["id"],
    "state": "open",
    "amount": 2_000_000,
    "granted": 0,
    "currency": "CNY",
    "why": "",
    "created_at": AT,
    "changed_at": AT,
}
