"""Examples of the cashier's API, for the OpenAPI document."""

from typing import Any

ORDER_ID = "ord_06a1m5x9q0e7z8r2k4w6t1y3v5"
ATTEMPT_ID = "att_06a1m5x9q0e7z8r2k4w6t1y3v5"
CARD_ID = "crd_06a1m5x9q0e7z8r2k4w6t1y3v5"
AT = "2026-11-22T10:00:00+08:00"
EXPIRES = "2026-11-22T10:30:00+08:00"
ORDER = {
    "id": ORDER_ID,
    "merchant_id": "mch_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "merchant": "Hangzhou Tea",
    "subject": "A pot of tea",
    "amount": 10000,
    "refunded": 0,
    "currency": "CNY",
    "status": "payable",
    "created_at": AT,
    "expires_at": EXPIRES,
    "paid_at": None,
}
METHODS: dict[str, Any] = {
    "amount": 10000,
    "currency": "CNY",
    "items": [
        {"kind": "discount", "method": "coupon", "ref": "cpn_1", "title": "Ten yuan off", "limit": 1000, "fee": 0, "proposed": 1000,
         "available": True, "external": False, "attended": False, "party": "none", "party_help": "",
         "code": "", "message": ""},
        {"kind": "funding", "method": "balance", "ref": "", "title": "Balance", "limit": 3000, "fee": 0, "proposed": 3000,
         "available": True, "external": False, "attended": False, "party": "none", "party_help": "",
         "code": "", "message": ""},
        {"kind": "funding", "method": "card", "ref": CARD_ID, "title": "China Merchants Bank debit card (6789)", "limit": 5000000,
         "fee": 0, "proposed": 6000, "available": True, "external": True, "attended": False, "party": "none", "party_help": "",
         "code": "", "message": ""},
        {"kind": "funding", "method": "card", "ref": "crd_06a1m5x9q0e7z8r2k4w6t1y3v6", "title": "Bank of China debit card (1234)",
         "limit": 0, "fee": 0, "proposed": 0, "available": False, "external": True, "attended": False, "party": "none", "party_help": "",
         "code": "channel_under_maintenance",
         "message": "The bank is under maintenance until 2026-11-22T04:00:00+00:00: planned work"},
        {"kind": "funding", "method": "external_wallet", "ref": "wechat_v3", "title": "WeChat Pay", "limit": 5000000, "fee": 0,
         "proposed": 0, "available": True, "external": True, "attended": True, "party": "optional",
         "party_help": "Leave it out for a code to scan; `jsapi:` and the payer's openid on a page or in a mini program; `app` in an app.",
         "code": "", "message": ""},
    ],
    "missing": 0,
}  # fmt: skip
CHOICE = {
    "discounts": [{"method": "coupon", "ref": "cpn_1"}],
    "methods": [{"method": "balance", "amount": 3000}, {"method": "card", "ref": CARD_ID}],
}
BY_BALANCE = {"methods": [{"method": "balance"}]}
LEGS = [
    {"kind": "discount", "method": "coupon", "ref": "cpn_1", "title": "Ten yuan off", "amount": 1000, "fee": 0},
    {"kind": "funding", "method": "balance", "ref": "", "title": "Balance", "amount": 3000, "fee": 0},
    {"kind": "funding", "method": "card", "ref": CARD_ID, "title": "China Merchants Bank debit card (6789)", "amount": 6000, "fee": 0},
]
METHOD_ORDER = {"methods": [{"method": "card", "ref": CARD_ID}, {"method": "balance", "ref": ""}]}
QUOTE = {
    "amount": 10000,
    "discount": 1000,
    "to_pay": 9000,
    "fee": 0,
    "currency": "CNY",
    "legs": LEGS,
    "step_up": {"needed": False, "factors": 0, "purpose": "payment", "amount": 9000, "payee": ORDER_ID},
}
PAY = {"methods": [{"method": "balance"}], "proof": ""}
PAID: dict[str, Any] = {
    "id": ATTEMPT_ID,
    "order_id": ORDER_ID,
    "result": "paid",
    "action": None,
    "amount": 9000,
    "currency": "CNY",
    "legs": [{"kind": "funding", "method": "balance", "ref": "", "amount": 9000, "state": "committed"}],
    "code": "",
    "message": "",
    "step_up": {"needed": False, "factors": 0, "purpose": "payment", "amount": 9000, "payee": ORDER_ID},
    "created_at": AT,
    "changed_at": AT,
}
BY_CARD = {"kind": "funding", "method": "card", "ref": CARD_ID, "amount": 9000}
PENDING = PAID | {"result": "pending", "legs": [BY_CARD | {"state": "unknown"}]}
BY_WALLET = {
    "methods": [{"method": "balance", "amount": 3000}, {"method": "external_wallet", "ref": "wechat_v3", "party": ""}],
    "proof": "",
}
WALLET_LEGS = [
    {"kind": "funding", "method": "balance", "ref": "", "amount": 3000, "state": "held"},
    {"kind": "funding", "method": "external_wallet", "ref": "wechat_v3", "amount": 6000, "state": "unknown"},
]
TO_SCAN = PENDING | {"legs": WALLET_LEGS, "action": {"kind": "scan", "value": "weixin://wxpay/bizpayurl?pr=8mE1kLkzz"}}
GIVEN_UP = PAID | {
    "result": "refused",
    "legs": [leg | {"state": "released"} for leg in WALLET_LEGS],
    "code": "CLOSED",
    "message": "The order was closed. Nothing was charged.",
}
REFUSED = PAID | {
    "result": "refused",
    "legs": [BY_CARD | {"state": "released"}],
    "code": "INSUFFICIENT_FUNDS",
    "message": "The card has not enough money. Use another card.",
}
NEEDS_STEP_UP = REFUSED | {
    "result": "needs_step_up",
    "code": "RISK_REFUSED",
    "message": "The bank refused it for your safety. Ask the bank, or use another card. To pay this way all the same, try again and"
    " approve it with your payment PIN or a passkey.",
    "step_up": {"needed": True, "factors": 1, "purpose": "payment", "amount": 9000, "payee": ORDER_ID},
}
NEW_ORDER = {"out_trade_no": "T20261122-0001", "amount": 10000, "subject": "A pot of tea", "attach": "table 7", "expires_in": 1800}
MERCHANT_ORDER: dict[str, Any] = {
    "id": ORDER_ID,
    "out_trade_no": "T20261122-0001",
    "state": "created",
    "scene": "in_app",
    "subject": "A pot of tea",
    "attach": "table 7",
    "store_id": None,
    "notify_url": "",
    "to_split": False,
    "amount": 10000,
    "fee": 0,
    "refunded": 0,
    "currency": "CNY",
    "created_at": AT,
    "expires_at": EXPIRES,
    "paid_at": None,
}
PAID_ORDER = MERCHANT_ORDER | {"state": "paid", "fee": 60, "paid_at": AT}
