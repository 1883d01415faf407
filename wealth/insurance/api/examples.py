"""Examples of insurance, for the OpenAPI document."""

from payments.merchants.api.examples import AT

PRODUCT = {"id": "prd_06a1m5x9q0e7z8r2k4w6t1y3v5", "code": "BYLIFE01", "name": "Banyan Term Life"}
QUOTE_IN = {"product_id": PRODUCT["id"], "cover": 50000000, "born_on": "1990-03-07", "answers": {"smoker": "no"}}
APPLICATION_ID = "ina_06a1m5x9q0e7z8r2k4w6t1y3v5"
APPLICATION_IN = {"quote_id": APPLICATION_ID, "insured_name": "林小满", "insured_id_number": "110101199003070011"}
QUOTE = {
    "id": APPLICATION_ID,
    "product": PRODUCT,
    "state": "quoted",
    "cover": 50000000,
    "premium": 25000,
    "load_bp": 0,
    "payments": 12,
    "every_months": 1,
    "currency": "CNY",
    "valid_until": "2026-11-30",
    "born_on": "1990-03-07",
    "answers": {"smoker": "no"},
    "insured_name": None,
    "why": "",
    "created_at": AT,
    "changed_at": AT,
}
APPLICATION = QUOTE | {"state": "accepted", "insured_name": "林小满"}
POLICY_ID = "inp_06a1m5x9q0e7z8r2k4w6t1y3v5"
POLICY = {
    "id": POLICY_ID,
    "number": "BY20261124001234567890",
    "insurer_number": "IS7f3a",
    "product": PRODUCT,
    "state": "in_force",
    "cover": 50000000,
    "cover_left": 50000000,
    "premium": 25000,
    "currency": "CNY",
    "auto_debit": True,
    "starts_on": "2026-11-25",
    "ends_on": "2027-11-25",
    "cooling_until": "2026-12-09",
    "lapsed_on": None,
    "ended_on": None,
    "created_at": AT,
    "changed_at": AT,
}
ENDED = POLICY | {"state": "ending"}
PREMIUM = {
    "id": "inr_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "number": 2,
    "due_on": "2026-12-25",
    "until_on": "2027-01-25",
    "amount": 25000,
    "currency": "CNY",
    "state": "open",
    "tries": 0,
    "paid_at": None,
}
PAYMENT = {"premium_id": PREMIUM["id"], "amount": 25000, "currency": "CNY", "pay_order_id": "ord_06a1m5x9q0e7z8r2k4w6t1y3v5"}
AUTO_DEBIT_IN = {"on": True}
PEOPLE = {"people": [{"name": "林小满", "id_number": "110101199003070011", "share_bp": 10000}]}
ENDING = {"kind": "surrender", "amount": 12000, "kept": 13000, "currency": "CNY"}
ENDING_IN = {"amount": 12000}
CLAIM_IN = {"policy_id": POLICY_ID, "event_on": "2026-12-20", "words": "I broke my leg on the stairs.", "amount": 800000}
SHORT = {
    "id": "inc_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "policy_id": POLICY_ID,
    "state": "open",
    "event_on": "2026-12-20",
    "words": "I broke my leg on the stairs.",
    "amount": 800000,
    "approved": 0,
    "paid": 0,
    "currency": "CNY",
    "code": "",
    "why": "",
    "created_at": AT,
    "changed_at": AT,
}
FILE_IN = {"name": "invoice.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
FILE = {
    "number": 1,
    "name": "invoice.pdf",
    "content_type": "application/pdf",
    "size": 15,
    "sha256": "a1b2" * 16,
    "created_at": AT,
}
CLAIM = SHORT | {"files": [FILE]}
WITHDRAWN = CLAIM | {"state": "withdrawn"}
