"""Examples of the cards API, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

BANK = {"code": "ICBC", "name": "Industrial and Commercial Bank of China"}
CARD_VALUE = {
    "id": "crd_01jd9k4q7m8x2v5t3n6p0r1s2w",
    "bank": BANK,
    "kind": "debit",
    "last4": "0017",
    "state": "active",
    "is_default": True,
    "position": 0,
    "nickname": "salary",
    "bound_at": "2026-11-22T10:00:00+08:00",
    "unbound_at": None,
    "unbound_by": "",
}
BINDING_VALUE = {
    "id": "bnd_01jd9k4q7m8x2v5t3n6p0r1s2x",
    "state": "sms_sent",
    "bank": BANK,
    "kind": "debit",
    "last4": "0017",
    "mobile": "199****0001",
    "tries_left": 3,
    "resend_at": "2026-11-22T10:01:00+08:00",
    "expires_at": "2026-11-22T10:10:00+08:00",
    "code": "",
    "words": "",
    "card": None,
}
BOUND_VALUE = BINDING_VALUE | {"state": "bound", "tries_left": 2, "card": CARD_VALUE}
BANKS_VALUE = {
    "items": [
        BANK
        | {
            "kinds": [
                {"kind": "debit", "limits": [{"scene": "top_up", "single_fen": 5000000, "day_fen": 20000000, "month_fen": 100000000}]},
                {"kind": "credit", "limits": [{"scene": "pay", "single_fen": 2000000, "day_fen": 5000000, "month_fen": 20000000}]},
            ],
            "maintenance": [
                {"starts_at": "2026-11-23T01:00:00+08:00", "ends_at": "2026-11-23T02:00:00+08:00", "words": "System upgrade"},
            ],
        }
    ]
}

START = OpenApiExample("Start", {"card_number": "9901100000000000017", "mobile": "19900000001"}, request_only=True)
CODE = OpenApiExample("Confirm", {"code": "482913"}, request_only=True)
NICKNAME = OpenApiExample("Name it", {"nickname": "salary"}, request_only=True)
ORDER = OpenApiExample("Arrange", {"card_ids": [CARD_VALUE["id"]]}, request_only=True)
BANKS = OpenApiExample("Banks", BANKS_VALUE, response_only=True)
CARDS = OpenApiExample("My cards", {"items": [CARD_VALUE]}, response_only=True)


def answer(name: str, value: object, status: int) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])
