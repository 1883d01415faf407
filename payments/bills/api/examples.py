"""Examples of bills, for the OpenAPI document."""

from payments.merchants.api.examples import AT

BILLER = {
    "id": "blr_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "category": "water",
    "name": "Hangzhou Water",
    "account_hint": "The 8 to 12 digits at the top of your bill.",
}
BILLERS = {"items": [BILLER]}
LOOK = {"biller_id": BILLER["id"], "account_no": "10020030"}
BILL = {"bill_no": "W202611-10020030", "period": "2026-11", "amount": 8650, "due_on": "2026-12-15"}
OWED = {"account_no": "10020030", "currency": "CNY", "items": [BILL]}
PAY = LOOK | {"bill_no": BILL["bill_no"]}
PAYMENT = {
    "id": "bil_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "biller": BILLER,
    "account_no": "****0030",
    "bill_no": BILL["bill_no"],
    "period": "2026-11",
    "amount": 8650,
    "currency": "CNY",
    "order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "state": "created",
    "created_at": AT,
    "changed_at": AT,
}
SETTLED = PAYMENT | {"state": "settled"}
ACCOUNT_IN = LOOK | {"nickname": "Home", "remind": True}
ACCOUNT = {
    "id": "bac_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "biller": BILLER,
    "account_no": "10020030",
    "nickname": "Home",
    "remind": True,
    "created_at": AT,
}
CHANGE = {"nickname": "Parents", "remind": False}
