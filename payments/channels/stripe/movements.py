"""The balance's movements of a day as a statement. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from core.clock.queries import start_of_day
from core.money import CNY
from payments.channels.port import StatementBroken, StatementFile, StatementLine
from payments.channels.stripe.answers import Unreadable, inner, text, whole
from payments.channels.stripe.client import Document, number

KINDS = {"charge": "payment", "payment": "payment", "refund": "refund", "payment_refund": "refund"}
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


def orders(found: Sequence[Document]) -> Iterator[Document]:
    return (one for one in found if text(one, "type") in KINDS)


def line(place: int, found: Document) -> StatementLine:
    """A balance in another currency tells converted amounts, which no order of ours has."""
    currency = text(found, "currency").upper()
    if currency != CNY.code:
        raise StatementBroken(f"the balance is kept in {currency}")
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


def as_csv(lines: Sequence[StatementLine]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in lines:
        amount = one.amount_fen if one.direction == "credit" else -one.amount_fen
        numbers = (one.request_no, one.original_request_no, one.channel_no)
        table.writerow((one.booked_at.isoformat(), one.kind, *numbers, one.line_no, amount, one.fee_fen, one.currency))
    return out.getvalue().encode()


def totals(lines: Sequence[StatementLine]) -> dict[str, int]:
    """`net_fen` is what the orders leave after fees."""
    sums = {"lines": len(lines), "fee_fen": sum(one.fee_fen for one in lines)}
    for kind in ("payment", "refund"):
        chosen = [one.amount_fen for one in lines if one.kind == kind]
        sums |= {f"{kind}_count": len(chosen), f"{kind}_fen": sum(chosen)}
    return sums | {"net_fen": sums["payment_fen"] - sums["refund_fen"] - sums["fee_fen"]}
