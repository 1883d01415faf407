"""Examples of money funds' holdings, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

HOLDING_VALUE = {
    "id": "chd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "product_code": "BYCASH01",
    "product_name": "Morning Dew money fund",
    "units": 1000453,
    "free_units": 950453,
    "frozen_units": 50000,
    "owed": 0,
    "currency": "CNY",
    "residual_e8": 12400000,
    "earned_through": "2026-11-22",
    "income_yesterday": 151,
    "income_total": 453,
    "seven_day_percent": "1.862",
    "income_per_10k": "0.5041",
}
DAY_VALUE = {
    "day": "2026-11-22",
    "booking": 0,
    "reversal": False,
    "units": 1000302,
    "income_per_10k": "0.5041",
    "carried_e8": 11523620,
    "income": 50,
    "residual_e8": 53747440,
    "currency": "CNY",
}


def page(value: dict[str, object]) -> dict[str, object]:
    return {"items": [value], "next": None, "previous": None}


HOLDING = OpenApiExample("10,000 yuan with three days of income", value=HOLDING_VALUE, response_only=True)
HOLDINGS = OpenApiExample("One holding", value=page(HOLDING_VALUE), response_only=True)
DAYS = OpenApiExample("A day of income", value=page(DAY_VALUE), response_only=True)
