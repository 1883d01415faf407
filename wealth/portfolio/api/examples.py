"""Examples of portfolios, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

PRODUCT_ID = "prd_06a1m5x9q0e7z8r2k4w6t1y3v5"
AMOUNTS = {"opening": 1000000, "in": 500000, "out": 200000, "income": 1530, "closing": 1301530}
MONTH_VALUE = {"month": "2026-10", "first_day": "2026-10-01", "last_day": "2026-10-31", "complete": True, "total": AMOUNTS}


def slice_value(key: str, name: str, amount: int, share: int) -> dict[str, object]:
    return {"key": key, "name": name, "amount": amount, "share_bp": share}


PORTFOLIO_VALUE = {
    "currency": "CNY",
    "net_worth": {"value": 1501530, "reason": None},
    "products": 1301530,
    "accrued": 0,
    "on_its_way": 0,
    "items": [
        {
            "kind": "current",
            "product_id": PRODUCT_ID,
            "product_code": "BYCASH01",
            "product_name": "Morning Dew money fund",
            "holding_id": "chd_06a1m5x9q0e7z8r2k4w6t1y3v5",
            "risk": "R1",
            "value": 1301530,
            "cost": 1300000,
            "accrued": 0,
            "available": 1301530,
            "income_yesterday": 65,
            "income_total": 1530,
            "matures_on": None,
        }
    ],
    "beside": [{"kind": "wallet", "name": "Wallet", "owed": False, "amount": 200000, "available": 150000, "frozen": 50000}],
    "allocation": {
        "kind": [slice_value("wallet", "Wallet", 200000, 1332), slice_value("current", "Money funds", 1301530, 8668)],
        "safety": [slice_value("cash", "Not invested", 200000, 1332), slice_value("R1", "R1 low risk", 1301530, 8668)],
        "liquidity": [
            slice_value("today", "There today", 1150000, 7659),
            slice_value("later", "Can be redeemed, paid later", 301530, 2008),
            slice_value("locked", "Cannot be had now", 50000, 333),
        ],
        "term": [slice_value("open", "No term", 1501530, 10000)],
    },
    "income": {
        "yesterday": {"value": 65, "reason": None},
        "month": {"value": 1430, "reason": None},
        "total": {"value": 1530, "reason": None},
    },
    "returns": {"time_weighted": {"value": "0.1211", "reason": None}, "money_weighted": {"value": "1.8420", "reason": None}},
    "kept_from": "2026-10-01",
    "kept_through": "2026-11-22",
}
DAY_VALUE = {"day": "2026-11-22", "value": 1301530, "income": 65, "beside": 200000, "in": 0, "out": 0}
HISTORY_VALUE = {"from": "2026-11-22", "to": "2026-11-22", "currency": "CNY", "items": [DAY_VALUE]}
CHECKUPS_VALUE = {
    "items": [
        {
            "name": "concentration",
            "title": "Concentration",
            "answer": "attention",
            "text": "The largest product is 86.68% of what you have; 50.00% is the most that is advised.",
            "numbers": {"largest_fen": 1301530, "total_fen": 1501530, "share_bp": 8668, "most_bp": 5000},
        },
        {
            "name": "debts",
            "title": "Debts against deposits",
            "answer": "not_available",
            "text": "What you owe is not known here.",
            "numbers": {},
        },
    ]
}
LINE_VALUE = {"kind": "current", "product_code": "BYCASH01", "name": "Morning Dew money fund", "amounts": AMOUNTS}

PORTFOLIO = OpenApiExample("A portfolio", value=PORTFOLIO_VALUE, response_only=True)
HISTORY = OpenApiExample("A day", value=HISTORY_VALUE, response_only=True)
CHECKUPS = OpenApiExample("Two check-ups", value=CHECKUPS_VALUE, response_only=True)
MONTHS = OpenApiExample("A month", value={"currency": "CNY", "items": [MONTH_VALUE]}, response_only=True)
STATEMENT = OpenApiExample(
    "A month",
    value={"currency": "CNY", "month": MONTH_VALUE, "items": [LINE_VALUE]},
    response_only=True,
    media_type="application/json",
)
CSV = OpenApiExample("A file of cells", value="product,code,opening (CNY),...", response_only=True, media_type="text/csv")
PDF = OpenApiExample("A file to print", value="%PDF-1.3 ...", response_only=True, media_type="application/pdf")
