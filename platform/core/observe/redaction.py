"""What never reaches a log, whoever wrote the line: secrets by name, and personal numbers and tokens by their shape. Pure."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

REDACTED = "[redacted]"
SECRET_NAMES = frozenset(
    [
        "password",
        "passwd",
        "new_password",
        "old_password",
        "pin",
        "old_pin",
        "new_pin",
        "secret",
        "authorization",
        "cookie",
        "set_cookie",
        "sessionid",
        "csrftoken",
        "token",
        "access_token",
        "refresh_token",
        "id_token",
        "otp",
        "otp_token",
        "one_time_code",
        "sms_code",
        "verification_code",
        "cvv",
        "cvv2",
        "card_number",
        "card_no",
        "pan",
        "id_number",
        "id_card",
        "real_name",
        "phone",
        "mobile",
        "private_key",
        "api_key",
        "signature",
        "installation",
        "idempotency_key",
        "body",
        "raw_body",
    ]
)
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
CARD = re.compile(r"(?<![0-9A-Za-z-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}(?:\1\d{4})?\1\d{1,7})(?![0-9A-Za-z-])")
PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d([ -]?)\d{4}\1\d{4}(?!\d)")
QUERY = re.compile(r"\?[^\s'\"<>?]*=[^\s'\"<>]*")
DEPTH = 6


def passes_luhn(digits: str) -> bool:
    """The check digit of card numbers (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        value = int(letter) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_or_not(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return REDACTED if passes_luhn(digits) else found.group()


def without_numbers(text: str) -> str:
    """A text without bearer tokens, identity numbers, card numbers and mobile numbers."""
    text = BEARER.sub(lambda found: f"{found.group(1)} {REDACTED}", text)
    text = IDENTITY.sub(REDACTED, text)
    text = PHONE.sub(REDACTED, text)
    return CARD.sub(card_or_not, text)


def clean_text(text: str) -> str:
    """The same, and addresses without what was asked of them: a name typed into a search box has no shape."""
    return without_numbers(QUERY.sub(f"?{REDACTED}", text))


def clean(value: Any, depth: int = DEPTH) -> Any:
    """A value of any shape, cleaned; what is nested too deep is left out rather than let through."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else cleaned_number(value)
    if depth == 0:
        return REDACTED
    if isinstance(value, Mapping):
        return {clean(name, 1): REDACTED if secret(name) else clean(inner, depth - 1) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [clean(inner, depth - 1) for inner in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    return clean_text(value if isinstance(value, str) else str(value))


def cleaned_number(value: int) -> int | str:
    text = clean_text(str(value))
    return value if text == str(value) else text


def secret(name: Any) -> bool:
    return str(name).lower().replace("-", "_").removeprefix("http_") in SECRET_NAMES


KEPT_AS_THEY_ARE = frozenset({"timestamp", "level", "logger", "exc_info", "stack_info", "_record", "_from_structlog", "request_id"})


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog's processor: runs before anything else sees the event, and again on the line with its traceback."""
    for name in list(event):
        if name in KEPT_AS_THEY_ARE:
            continue
        event[name] = REDACTED if secret(name) else clean(event[name])
    return event
