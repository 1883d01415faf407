"""The sandbox issuer's documents read as the port's. Pure."""

import hashlib
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from wealth.issuers.port import Accepted, ConfirmationFile, FileBroken, Line, NotDelivered, Quote, Rejected, Result, Unknown
from wealth.issuers.sandbox_issuer import signing

TAKEN = frozenset({"taken", "confirmed", "refused", "cancelled"})
"""The file tells of those it has decided, and a cancel of its own of those called off."""
OK, NOT_SEEN = 200, 404
MOST_DECIMALS = 6


class Unreadable(ValueError):
    """A field is missing or has another type than documented."""


def text(found: dict[str, Any], name: str, most: int = 64) -> str:
    value = found.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise Unreadable(name)
    return value


def whole(found: dict[str, Any], name: str) -> int:
    """Never negative, and within a column."""
    value = found.get(name)
    if type(value) is not int or not 0 <= value < 2**60:
        raise Unreadable(name)
    return value


def number(found: dict[str, Any], name: str, decimals: int = MOST_DECIMALS) -> Decimal:
    try:
        value = Decimal(text(found, name, 20))
    except InvalidOperation as problem:
        raise Unreadable(name) from problem
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -decimals or abs(value) >= 1_000_000:
        raise Unreadable(name)
    return value


def told(status: int, found: dict[str, Any], asked: str) -> Result:
    """What became of the number `asked`. A refusal at the door speaks of one departure; an order's own status of the number."""
    if status == OK:
        if found.get("number") != asked:
            return Unknown("answer_disagrees")
        state, code = found.get("status"), found.get("code")
        if state == "rejected":
            return Rejected(code[:64] if isinstance(code, str) and code else "REJECTED")
        issuer_no = found.get("issuer_no")
        return Accepted(issuer_no[:64] if isinstance(issuer_no, str) else "") if state in TAKEN else Unknown("answer_malformed")
    code = str(found.get("code", status))[:64]
    if status == NOT_SEEN and code == "NOT_FOUND":
        return Unknown("not_seen", seen=False)
    return NotDelivered(code) if found.get("definite") is True else Unknown(code)


def file(body: bytes, *, day: date, party: str, issuer_pem: str) -> ConfirmationFile:
    """A day's file: its own signature, its day and party, its count and sums. Raises FileBroken."""
    head, lines, signed = parts(body)
    try:
        signing.check(issuer_pem, text(orjson.loads(body[len(signed) :]), "signature", 200), signed)
        if (text(head, "day"), text(head, "party")) != (day.isoformat(), party):
            raise FileBroken("another_day")
        found = tuple(line(one) for one in lines)
        stated = (whole(head, "count"), whole(head, "subscribed_fen"), whole(head, "redeemed_fen"), whole(head, "fee_fen"))
    except signing.BadSignature as problem:
        raise FileBroken("signature") from problem
    except (Unreadable, AttributeError, orjson.JSONDecodeError) as problem:
        raise FileBroken("malformed") from problem
    refuse_places(found)
    sums = totals(found)
    if stated[0] != len(found):
        raise FileBroken("count")
    if stated[1:] != sums:
        raise FileBroken("sums")
    return ConfirmationFile(day, body, hashlib.sha256(body).hexdigest(), found, *sums)


def parts(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]], bytes]:
    """The line of sums, the lines, and the bytes that the last line signs. Raises FileBroken."""
    signed = body[: body.rstrip(b"\n").rfind(b"\n") + 1]
    try:
        head, *lines = (orjson.loads(one) for one in signed.splitlines())
    except ValueError as problem:
        raise FileBroken("malformed") from problem
    if not all(isinstance(one, dict) for one in (head, *lines)):
        raise FileBroken("malformed")
    return head, lines, signed


def line(found: dict[str, Any]) -> Line:
    """Raises Unreadable."""
    status = text(found, "status")
    if status not in ("confirmed", "rejected"):
        raise Unreadable("status")
    return Line(
        place=whole(found, "place"),
        number=text(found, "number"),
        operation=text(found, "operation", 16),
        product_code=text(found, "product", 32),
        confirmed=status == "confirmed",
        code=text(found, "code"),
        amount_fen=whole(found, "amount_fen"),
        units_fen=whole(found, "units_fen"),
        fee_fen=whole(found, "fee_fen"),
        nav=number(found, "nav"),
    )


def refuse_places(lines: tuple[Line, ...]) -> None:
    if [one.place for one in lines] != list(range(1, len(lines) + 1)):
        raise FileBroken("places")


def totals(lines: tuple[Line, ...]) -> tuple[int, int, int]:
    """What the lines come to: subscribed, redeemed, fees."""
    subscribed = sum(one.amount_fen for one in lines if one.operation == "subscribe")
    redeemed = sum(one.amount_fen for one in lines if one.operation == "redeem")
    return subscribed, redeemed, sum(one.fee_fen for one in lines)


def quotes(found: dict[str, Any]) -> list[Quote]:
    """Raises Unreadable."""
    listed = found.get("quotes")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Unreadable("quotes")
    return [quote(one) for one in listed]


def quote(one: dict[str, Any]) -> Quote:
    try:
        day = date.fromisoformat(text(one, "day"))
    except ValueError as problem:
        raise Unreadable("day") from problem
    return Quote(text(one, "product", 32), day, number(one, "income_per_10k", 4), whole(one, "revision"))
