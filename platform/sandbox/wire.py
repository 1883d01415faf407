"""Reading request bodies strictly, and the errors that are answered with an HTTP status other than 200."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.codes import CODES

MAX_FEN = 100_000_000_00
# Codes of the control plane are not in the published table; they answer 409 unless told.
_CONTROL_HTTP = {"LOOPBACK_ONLY": 403}
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refusal(Exception):
    """An answer other than 200: a code of codes.py, the field to mend ("" for none) and what to do about it."""

    def __init__(self, code: str, field: str = "", message: str = "", retry_after_s: int = 0) -> None:
        """Codes that are not in the published table belong to the control plane and answer 409."""
        super().__init__(code)
        self.code = code
        self.field = field
        self.message = message
        self.retry_after_s = retry_after_s

    @property
    def http(self) -> int:
        """The HTTP status."""
        return CODES[self.code].http if self.code in CODES else _CONTROL_HTTP.get(self.code, 409)

    def body(self) -> dict[str, Any]:
        """The error body of docs/sandbox-bank.md section 2."""
        known = CODES.get(self.code)
        return {
            "code": self.code,
            "message": self.message or (known.message if known else self.code),
            "message_zh": known.message_zh if known else self.message,
            "field": self.field,
            "definite": known is None or known.done != "unknown",
            "action": known.action if known else "stop",
        }


def invalid(field: str, message: str) -> Refusal:
    """INVALID_REQUEST naming the field and what it must be."""
    return Refusal("INVALID_REQUEST", field, f"{field} {message}" if field else message)


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; an empty body is an empty object. Raises Refusal."""
    try:
        value = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid("", "the body must be JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise invalid("", "the body must be a JSON object")
    return value


class Fields:
    """Takes known fields out of an object one by one; `done` refuses what is left."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Read from a copy of `values`."""
        self._left = dict(values)

    def text(self, name: str, *, pattern: str = "", most: int = 128, default: str | None = None) -> str:
        """A string; required unless `default` is given."""
        value = self._left.pop(name, default)
        if not isinstance(value, str) or len(value) > most:
            raise invalid(name, f"is required and must be a string of at most {most} characters")
        if value == default:
            return value
        if pattern and not re.fullmatch(pattern, value):
            raise invalid(name, f"must match {pattern}")
        if not pattern and not value.strip():
            raise invalid(name, "must not be empty")
        return value

    def number(self, name: str = "request_no", *, default: str | None = None) -> str:
        """A business number."""
        return self.text(name, pattern=_NUMBER.pattern, default=default)

    def whole(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number in a range; true and false are not numbers."""
        value = self._left.pop(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise invalid(name, f"must be a whole number, {least} to {most}")
        return value

    def decimal(self, name: str, *, least: float, most: float, default: float | None = None) -> float:
        """A number in a range."""
        value = self._left.pop(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise invalid(name, f"must be a number, {least} to {most}")
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """true or false."""
        value = self._left.pop(name, default)
        if not isinstance(value, bool):
            raise invalid(name, "must be true or false")
        return value

    def money(self) -> int:
        """`amount_fen` with `currency`."""
        amount = self.whole("amount_fen", least=1, most=MAX_FEN)
        currency = self.text("currency")
        if currency != "CNY":
            raise Refusal("CURRENCY_UNSUPPORTED", "currency")
        return amount

    def items(self, name: str) -> list[Any] | None:
        """A list, or None when it is not there."""
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, list):
            raise invalid(name, "must be a list")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        """An object; empty when it is not there."""
        value = self._left.pop(name, {})
        if not isinstance(value, dict):
            raise invalid(name, "must be an object")
        return value

    def has(self, name: str) -> bool:
        """Whether the field is there and not taken yet."""
        return name in self._left

    def done(self) -> None:
        """Refuse fields nobody asked for."""
        if self._left:
            name = min(self._left)
            raise invalid(name, "is not a field of this operation")


def is_number(text: str) -> bool:
    """Whether a path segment is a business number."""
    return _NUMBER.fullmatch(text) is not None


def dump(value: Any) -> str:
    """JSON as it goes over the wire: UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
