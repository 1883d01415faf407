"""The balance's movements of a day as a statement. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from core.clock.queries import start_of_day
from core.money import CNY
from payments.channels.port import StatementBroken, StatementFile, StatementLine
from payments.channels.stripe.answers import Unreadable, inner, text, whole
from payments.channels.stripe.client import Document, number

KINDS = {"charge": "payment", "payment": "payment", "refund": "refund", "payment_refund": "refund"}
OTHERS = {"stripe_fee": "fee", "payout": "withdrawal"}
"""Kinds of movements that are no order of ours: fees apart from a payment, and money sent on to our own bank."""
COLUMNS = ("created", "kind", "request_no", "payment_request_no", "channel_no", "line", "amount", "fee", "currency")


def bounds(day: date) -> tuple[datetime, datetime]:
    return start_of_day(day), start_of_day(day + timedelta(days=1))


def written(found: Sequence[Document], *, day: date, kind: str) -> StatementFile:
    """The orders among the movements. Raises StatementBroken."""
    try:
        lines = tuple(line(place, one) for place, one in enumerate(orders(found), start=1))
    except Unreadable as problem:
        raise StatementBroken(f"movement: {problem}") from problem
    raw = as_csv(lines)
    return StatementFile(day, kind, "csv", raw, sha256(raw).hexdigest(), lines, totals(lines))


def account(found: Sequence[Document], balance: Mapping[str, int], *, day: date) -> StatementFile:
    """Every movement of a day, out of all from its beginning until now, when the balance is `balance`. Raises StatementBroken."""
    try:
        later = sum(whole(one, "net") for one in found if whole(one, "created") >= bounds(day)[1].timestamp())
        chosen = [one for one in found if whole(one, "created") < bounds(day)[1].timestamp()]
        lines = tuple(entry(place, one) for place, one in enumerate(chosen, start=1))
        moved = sum(whole(one, "net") for one in chosen)
    except Unreadable as problem:
        raise StatementBroken(f"movement: {problem}") from problem
    if moved != sum(line.amount_fen * (1 if line.direction == "credit" else -1) - line.fee_fen for line in lines):
        raise StatementBroken("movement: net")
    closing = balance.get(CNY.code, 0) - later
    summary = {"lines": len(lines), "opening_fen": closing - moved, "closing_fen": closing}
    raw = as_csv(lines, ("opening_fen", closing - moved), ("closing_fen", closing))
    return StatementFile(day, "account", "csv", raw, sha256(raw).hexdigest(), lines, summary)


def entry(place: int, found: Document) -> StatementLine:
    """One movement of the account; of what is no order of ours the number stays empty."""
    kind = text(found, "type")
    if kind in KINDS:
        return line(place, found)
    amount = whole(found, "amount")
    return StatementLine(
        line_no=place,
        booked_at=datetime.fromtimestamp(whole(found, "created"), UTC),
        kind=OTHERS.get(kind, "other"),
        request_no="",
        channel_no=text(found, "id"),
        original_request_no="",
        amount_fen=abs(amount),
        fee_fen=whole(found, "fee"),
        currency=in_yuan(found),
        status="BOOK",
        direction="credit" if amount >= 0 else "debit",
        bank_code=kind[:16],
    )


def in_yuan(found: Document) -> str:
    """A balance in another currency tells converted amounts, which no order of ours has."""
    currency = text(found, "currency").upper()
    if currency != CNY.code:
        raise StatementBroken(f"the balance is kept in {currency}")
    return currency


def orders(found: Sequence[Document]) -> Iterator[Document]:
    return (one for one in found if text(one, "type") in KINDS)


def line(place: int, found: Document) -> StatementLine:
    currency = in_yuan(found)
    kind, source = KINDS[text(found, "type")], inner(found, "source")
    intent = inner(source, "payment_intent")
    own = source if kind == "refund" else intent
    amount = whole(found, "amount")
    return StatementLine(
        line_no=place,
        booked_at=datetime.fromtimestamp(whole(found, "created"), UTC),
        kind=kind,
        request_no=number(own),
        channel_no=str(own.get("id") or found.get("id")),
        original_request_no=number(intent) if kind == "refund" else "",
        amount_fen=abs(amount),
        fee_fen=whole(found, "fee"),
        currency=currency,
        status="SUCCESS",
        direction="credit" if amount >= 0 else "debit",
    )


def as_csv(lines: Sequence[StatementLine], *balances: tuple[str, int]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in lines:
        amount = one.amount_fen if one.direction == "credit" else -one.amount_fen
        numbers = (one.request_no, one.original_request_no, one.channel_no)
        table.writerow((one.booked_at.isoformat(), one.kind, *numbers, one.line_no, amount, one.fee_fen, one.currency))
    table.writerows(balances)
    return out.getvalue().encode()


def totals(lines: Sequence[StatementLine]) -> dict[str, int]:
    """`net_fen` is what the orders leave after fees."""
    sums = {"lines": len(lines), "fee_fen": sum(one.fee_fen for one in lines)}
    for kind in ("payment", "refund"):
        chosen = [one.amount_fen for one in lines if one.kind == kind]
        sums |= {f"{kind}_count": len(chosen), f"{kind}_fen": sum(chosen)}
    return sums | {"net_fen": sums["payment_fen"] - sums["refund_fen"] - sums["fee_fen"]}
