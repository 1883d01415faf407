"""Examples of security's requests and answers, for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from accounts.identity.examples import CUSTOMER_VALUE

NONCE = "0f6c7d1e-6a2b-4d5e-9a41-3c1f8f1b2a77"
PROOF_ID = "prf_01jd9k4q7m8x2v5t3n6p0r1s2z"
ACT = {"purpose": "transfer", "amount": 5000, "payee": "cus_01jd9k4q7m8x2v5t3n6p0r1s2w", "nonce": NONCE}
CREATED = {
    "id": "xyz",
    "rawId": "xyz",
    "type": "public-key",
    "response": {"clientDataJSON": "eyJ0eXBlIjoi...", "attestationObject": "o2NmbXRkbm9uZQ..."},
}


def asked(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def answered(name: str, value: dict[str, Any], status: int) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


def pin(status: int) -> OpenApiExample:
    return answered("Set", {"is_set": True, "locked_until": None, "pin_free_amount": 20000, "currency": "CNY"}, status)


def passkey(status: int) -> OpenApiExample:
    value = {"id": "psk_01jd9k4q7m8x2v5t3n6p0r1s2v", "name": "Phone", "backed_up": True}
    return answered("A passkey", value | {"created_at": "2026-11-22T02:00:00Z", "last_used_at": None}, status)


PIN = asked("Set", {"pin": "719246", "proof": PROOF_ID, "nonce": NONCE})
PIN_CHANGE = asked("Change", {"old_pin": "719246", "pin": "380517"})
PIN_RESET = asked("Reset", {"pin": "380517", "code": "482913", "name": "林小满", "id_number": "110000199003070028"})
SENT = answered("Sent", {"expires_in_seconds": 300, "resend_after_seconds": 60}, 202)
STEP_UP = asked("For a payment of 50 yuan", ACT)
PROOF_REQUEST = asked("By PIN", ACT | {"method": "pin", "secret": "719246"})
PROOF = answered("Proven", {"proof": PROOF_ID, "method": "pin", **ACT, "expires_at": "2026-11-22T02:05:00Z"}, 201)
SPENT = asked("With a proof", {"proof": PROOF_ID, "nonce": NONCE})
PHONE_CODE = asked("The new number", {"phone": "19900000002"})
PHONE_CHANGE = asked("Change", {"phone": "19900000002", "code": "482913", "proof": PROOF_ID, "nonce": NONCE})
OPTIONS = answered(
    "Options", {"challenge_id": NONCE, "public_key": {"challenge": "3q2-7w", "rp": {"id": "127.0.0.1", "name": "Banyan"}}}, 201
)
NEW_PASSKEY = asked("Register", {"challenge_id": NONCE, "credential": CREATED, "name": "Phone", "proof": PROOF_ID, "nonce": NONCE})
CUSTOMER = answered("Me", CUSTOMER_VALUE, 200)
