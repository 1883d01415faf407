"""Examples of the red packets' API, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

ID = "rpk_06a1m5x9q0e7z8r2k4w6t1y3v5"
TOKEN = "rpl_06a1m5x9q0e7z8r2k4w6t1y3v5" + "4h2v8c6n0q5s9w1x7z3b5d8f2g"
PACKET_VALUE = {
    "id": ID,
    "kind": "lucky",
    "state": "open",
    "personal": False,
    "count": 5,
    "amount": 6600,
    "currency": "CNY",
    "taken_count": 1,
    "taken_amount": 1804,
    "returned_amount": 0,
    "message": "恭喜发财,大吉大利",
    "expires_at": "2026-11-23T02:00:00Z",
    "created_at": "2026-11-22T02:00:00Z",
}
SHARE_VALUE = {
    "id": "rps_06a1m5x9q0e7z8r2k4w6t1y3v6",
    "red_packet_id": ID,
    "amount": 1804,
    "currency": "CNY",
    "message": "恭喜发财,大吉大利",
    "taken_at": "2026-11-22T02:00:05Z",
}
SEEN_VALUE = {
    "packet": PACKET_VALUE,
    "sender": "**满",
    "sent_by_me": True,
    "to": "",
    "my_amount": None,
    "link_token": TOKEN,
    "shares": [{"name": "*夏", "amount": 1804, "taken_at": "2026-11-22T02:00:05Z", "mine": False, "luckiest": False}],
}
TAKER_VALUE = SEEN_VALUE | {
    "sent_by_me": False,
    "my_amount": 1804,
    "link_token": "",
    "shares": [{"name": "*夏", "amount": 1804, "taken_at": "2026-11-22T02:00:05Z", "mine": True, "luckiest": False}],
}
PERSONAL_VALUE = PACKET_VALUE | {"kind": "fixed", "personal": True, "count": 1, "amount": 5200, "taken_count": 0, "taken_amount": 0}


def page(value: dict[str, object]) -> dict[str, object]:
    return {"items": [value], "next": None, "previous": None}


LUCKY_IN = OpenApiExample(
    "66 yuan by chance among five, by link",
    value={"kind": "lucky", "count": 5, "amount": 6600, "message": "恭喜发财,大吉大利"},
    request_only=True,
)
PERSONAL_IN = OpenApiExample(
    "52 yuan for one customer",
    value={"kind": "fixed", "amount": 5200, "to": {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5"}, "message": "生日快乐"},
    request_only=True,
)
SENT = OpenApiExample("sent", value=PACKET_VALUE | {"taken_count": 0, "taken_amount": 0}, response_only=True, status_codes=["201"])
SENT_PAGE = OpenApiExample("a page", value=page(PACKET_VALUE), response_only=True)
ADDRESSED_PAGE = OpenApiExample("a page", value=page(PERSONAL_VALUE | {"sender": "**满"}), response_only=True)
RECEIVED_PAGE = OpenApiExample("a page", value=page(SHARE_VALUE | {"sender": "**满"}), response_only=True)
SEEN_BY_SENDER = OpenApiExample("as its sender", value=SEEN_VALUE, response_only=True)
SEEN_BY_TAKER = OpenApiExample("as who took a share", value=TAKER_VALUE, response_only=True)
LINK_IN = OpenApiExample("a link", value={"token": TOKEN}, request_only=True)
TAKEN = OpenApiExample("taken", value=SHARE_VALUE, response_only=True, status_codes=["201"])
