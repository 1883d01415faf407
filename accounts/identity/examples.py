"""Examples of identity's requests and answers, for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

DEVICE = {"installation_id": "7c1f5a0e9b2d4c6e", "name": "Xiaoman's phone", "platform": "ios"}
CUSTOMER_VALUE = {
    "id": "cus_01jd9k4q7m8x2v5t3n6p0r1s2w",
    "phone": "+86 199****0001",
    "nickname": "小满",
    "state": "active",
    "locale": "zh-hans",
    "registered_at": "2026-11-22T02:00:00Z",
}
LOGIN_VALUE = {
    "access_token": "bya_AZNsbW9yZS1yYW5kb20tYnl0ZXM",
    "access_expires_at": "2026-11-22T02:15:00Z",
    "refresh_token": "byr_AZNsb3RoZXItcmFuZG9tLWJ5dGVz",
    "session_id": "ses_01jd9k4q7m8x2v5t3n6p0r1s2x",
    "customer": CUSTOMER_VALUE,
    "registered": True,
}
SESSION_VALUE = {
    "id": "ses_01jd9k4q7m8x2v5t3n6p0r1s2x",
    "device_id": "dev_01jd9k4q7m8x2v5t3n6p0r1s2y",
    "device_name": "Xiaoman's phone",
    "platform": "ios",
    "created_at": "2026-11-22T02:00:00Z",
    "last_seen_at": "2026-11-22T02:10:00Z",
    "is_current": True,
}

CODE_REQUEST = OpenApiExample("Ask for a code", {"phone": "19900000001", "device": DEVICE}, request_only=True)
LOGIN_REQUEST = OpenApiExample("Log in", {"phone": "19900000001", "code": "482913", "device": DEVICE}, request_only=True)
REFRESH_REQUEST = OpenApiExample("Refresh", {"refresh_token": LOGIN_VALUE["refresh_token"]}, request_only=True)
PROFILE_REQUEST = OpenApiExample("Be called otherwise", {"nickname": "小满"}, request_only=True)
CUSTOMER = OpenApiExample("Me", CUSTOMER_VALUE, response_only=True)
SESSION_PAGE = OpenApiExample("My sessions", SESSION_VALUE, response_only=True)


def code_sent(status: int) -> OpenApiExample:
    value = {"expires_in_seconds": 300, "resend_after_seconds": 60}
    return OpenApiExample("Sent", value, response_only=True, status_codes=[str(status)])


def login(status: int) -> OpenApiExample:
    return OpenApiExample("Logged in", LOGIN_VALUE, response_only=True, status_codes=[str(status)])
