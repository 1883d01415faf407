"""Examples of the merchants' API, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

MERCHANT_ID = "mch_06a1m5x9q0e7z8r2k4w6t1y3v5"
APP_ID = "app_06a1m5x9q0e7z8r2k4w6t1y3v5"
SERIAL = "5A1F0C93B7E24D6688A0D1B2C3E4F5061728394A"
AT = "2026-11-22T10:00:00+08:00"
PUBLIC_PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A...\n-----END PUBLIC KEY-----\n"
STORE_IN = {"name": "Riverside shop", "address": "1 Riverside Road, Hangzhou"}
STORE = {"id": "sto_06a1m5x9q0e7z8r2k4w6t1y3v5", **STORE_IN, "state": "open", "created_at": AT}
APP = {"id": APP_ID, "name": "Web shop", "notify_url": "https://shop.example/banyan", "state": "active", "created_at": AT}
KEY = {
    "id": "key_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "serial_no": SERIAL,
    "state": "active",
    "expires_at": "2028-11-21T10:00:00+08:00",
    "ended_at": None,
    "last_used_on": "2026-11-22",
    "created_at": AT,
}
SELLER = {"id": MERCHANT_ID, "name": "Hangzhou Tea Company Limited", "short_name": "Hangzhou Tea", "state": "active"}
SIGNER = {"merchant": SELLER, "app": APP, "key": KEY}
CERTIFICATES = {"items": [{"serial_no": SERIAL, "public_key": PUBLIC_PEM, "signs_from": AT, "ends_at": None}]}
BALANCES = {
    "currency": "CNY",
    "items": [
        {"account": "pending", "posted": 994000, "held": 0},
        {"account": "available", "posted": 250000, "held": 0},
        {"account": "reserve", "posted": 0, "held": 0},
        {"account": "frozen", "posted": 0, "held": 0},
    ],
}


def asked(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def answer(name: str, value: object, status: int) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


def page(name: str, value: object) -> OpenApiExample:
    """One line of a page."""
    return OpenApiExample(name, value, response_only=True, status_codes=["200"])


APPLICATION = {
    "kind": "company",
    "name": SELLER["name"],
    "short_name": SELLER["short_name"],
    "category": "5499",
    "contact_phone": "19900000001",
    "licence_number": "91350100M000100Y43",
}
MERCHANT = {
    "id": MERCHANT_ID,
    "kind": "company",
    "name": SELLER["name"],
    "short_name": SELLER["short_name"],
    "category": {"code": "5499", "name": "Convenience and food shops"},
    "licence_number": "**************0Y43",
    "contact_phone": "+86 199****0001",
    "settlement_card_id": "crd_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "state": "active",
    "reason": "",
    "applied_at": AT,
    "opened_at": AT,
    "created_at": AT,
}
APPLIED = MERCHANT | {"state": "applied", "settlement_card_id": None, "opened_at": None}
REFUSED = APPLIED | {"state": "refused", "reason": "The licence has another name: send the name as it stands there."}
CATEGORIES = {"items": [{"code": "5499", "name": "Convenience and food shops"}, {"code": "5812", "name": "Restaurants"}]}
PROOF = "prf_06a1m5x9q0e7z8r2k4w6t1y3v5"
CARD_CHOICE = {"card_id": MERCHANT["settlement_card_id"], "proof": PROOF}
APP_IN = {"name": APP["name"], "notify_url": APP["notify_url"]}
KEY_IN = {"public_key": PUBLIC_PEM, "life_days": 730, "proof": PROOF}
NEW_KEY = KEY | {"last_used_on": None}
TERMS = {
    "currency": "CNY",
    "rates": [
        {"scene": "in_app", "rate_ppm": 6000, "floor": 0, "cap": 3500, "effective_on": "2016-07-01"},
        {"scene": "bill", "rate_ppm": 1000, "floor": 0, "cap": None, "effective_on": "2026-11-01"},
    ],
    "settlement_delay_days": 1,
    "reserve_bp": 0,
    "least_payout": 100,
    "split_cap_bp": 3000,
    "fee_returned_on_refund": True,
    "refund_days": 365,
    "refunds_most": 50,
    "effective_on": "2016-07-01",
}
