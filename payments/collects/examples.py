"""Examples of the collects' API, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

ID = "clt_06a1m5x9q0e7z8r2k4w6t1y3v5"
TOKEN = "cll_06a1m5x9q0e7z8r2k4w6t1y3v5" + "4h2v8c6n0q5s9w1x7z3b5d8f2g"
PERSON = {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5", "name": "**满", "phone": "+86 199****0001"}
COLLECT = {
    "id": ID,
    "title": "周五聚餐",
    "by_link": False,
    "state": "open",
    "end": "",
    "people": 2,
    "each": 10000,
    "amount": 20000,
    "own_part": 10000,
    "currency": "CNY",
    "paid_people": 1,
    "paid_amount": 10000,
    "declined_people": 0,
    "expires_at": "2026-12-22T02:00:00Z",
    "created_at": "2026-11-22T02:00:00Z",
}
SHARE = {
    "id": "cls_06a1m5x9q0e7z8r2k4w6t1y3v6",
    "amount": 10000,
    "state": "paid",
    "paid_at": "2026-11-22T02:05:00Z",
    "reminders": 0,
}
MINE = SHARE | {"collect": COLLECT}
SEEN = {
    "collect": COLLECT,
    "organiser": PERSON,
    "organised_by_me": True,
    "my_share": None,
    "link_token": "",
    "shares": [{"share": SHARE, "payer": PERSON}],
}
PAYERS = SEEN | {"organised_by_me": False, "my_share": SHARE, "shares": []}


def page(value: dict[str, object]) -> dict[str, object]:
    return {"items": [value], "next": None, "previous": None}


SPLIT_IN = OpenApiExample(
    "a bill of 300 yuan among two others and me",
    value={"title": "周五聚餐", "split": "total", "amount": 30000, "with_me": True, "people": [
        {"customer_id": "cus_06a1m5x9q0e7z8r2k4w6t1y3v5"}, {"phone": "19900000001"}]},
    request_only=True,
)  # fmt: skip
LINK_COLLECT_IN = OpenApiExample(
    "50 yuan from each of thirty, by link",
    value={"title": "班费", "split": "each", "amount": 5000, "heads": 30},
    request_only=True,
)
MADE = OpenApiExample("made", value=COLLECT | {"paid_people": 0, "paid_amount": 0}, response_only=True, status_codes=["201"])
MADE_PAGE = OpenApiExample("a page", value=page(COLLECT), response_only=True)
ASKED_PAGE = OpenApiExample("a page", value=page(MINE | {"organiser": PERSON}), response_only=True)
SEEN_BY_ORGANISER = OpenApiExample("as its organiser", value=SEEN, response_only=True)
SEEN_BY_PAYER = OpenApiExample("as a payer", value=PAYERS, response_only=True)
PAYMENT_IN = OpenApiExample("a small part", value={"proof": ""}, request_only=True)
LINK_IN = OpenApiExample("a link", value={"token": TOKEN}, request_only=True)
LINK_PAYMENT_IN = OpenApiExample("a small part by link", value={"token": TOKEN, "proof": ""}, request_only=True)
PAID = OpenApiExample("paid", value=MINE, response_only=True, status_codes=["201"])
DECLINED = OpenApiExample("declined", value=MINE | {"state": "declined", "paid_at": None}, response_only=True)
REMINDED = OpenApiExample("reminded", value={"reminded": 1}, response_only=True)
CLOSED = OpenApiExample("closed", value=COLLECT | {"state": "closed", "end": "organiser"}, response_only=True)
