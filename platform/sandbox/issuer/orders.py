"""Orders: taken once by number, called off, and told."""

import hashlib
from datetime import date
from typing import Any

from sandbox.bank_context import Row, Tx, derived
from sandbox.clock import stamp
from sandbox.issuer.days import IssuerClock, next_trading
from sandbox.issuer.switches import Struck
from sandbox.requests import fingerprint
from sandbox.wire import MAX_FEN, Fields, Refusal

PRODUCTS = (("BYCASH01", 6400), ("BYCASH02", 5800))
"""What the issuer makes from its first day, with the usual income of 10,000 yuan in 0.0001 yuan. More come with their first order."""


def plant(tx: Tx) -> None:
    """The products of the first day."""
    for code, income in PRODUCTS:
        add_product(tx, code, income, 0)


def add_product(tx: Tx, code: str, base_income_e4: int, fee_bp: int) -> None:
    """A product, its series seeded by its code; one that is there keeps its series."""
    seed = int.from_bytes(hashlib.sha256(code.encode()).digest()[:4])
    tx.execute("INSERT INTO products VALUES (?, ?, ?, ?) ON CONFLICT (code) DO NOTHING", (code, seed, base_income_e4, fee_bp))


def find(tx: Tx, party: str, number: str) -> Row | None:
    """The order of a number, if it was seen."""
    row: Row | None = tx.execute("SELECT * FROM orders WHERE party = ? AND number = ?", (party, number)).fetchone()
    return row


def seen(tx: Tx, party: str, number: str, body: dict[str, Any]) -> Row | None:
    """The earlier order of this number. Raises Refusal REQUEST_NO_REUSED when it was another one."""
    row = find(tx, party, number)
    if row is not None and row["fingerprint"] not in (fingerprint_of(body), ""):
        raise Refusal("REQUEST_NO_REUSED", "number")
    return row


def fingerprint_of(body: dict[str, Any]) -> str:
    """What makes two orders of one number the same."""
    return fingerprint({name: value for name, value in body.items() if name != "number"})


def take(tx: Tx, clock: IssuerClock, party: str, operation: str, body: dict[str, Any], struck: Struck) -> Row:
    """Take an order; the same number answers again. Raises Refusal."""
    fields = Fields(body)
    number = fields.number("number")
    earlier = seen(tx, party, number, body)
    if earlier is not None:
        return earlier
    if operation == "cancel":
        return call_off(tx, clock, party, number, fields, body)
    product = fields.text("product", pattern=r"[A-Za-z0-9_.-]{1,32}")
    asked = fields.whole("amount_fen" if operation == "subscribe" else "units_fen", least=1, most=MAX_FEN)
    agreed = fields.whole("amount_fen", least=0, most=MAX_FEN, default=0) if operation == "redeem" else 0
    trade_on = day(fields.text("trade_on"))
    fields.done()
    add_product(tx, product, 6000, 0)
    status, code, confirm_on = "taken", "", confirm_day(tx, party, trade_on).isoformat()
    if "reject" in struck:
        status, code, confirm_on = "rejected", struck.param("reject", "code", "PRODUCT_CLOSED"), ""
    elif "reject_in_file" in struck:
        code = struck.param("reject_in_file", "code", "QUOTA_USED_UP")
    money = (asked, 0) if operation == "subscribe" else (agreed, asked)
    return keep(
        tx, clock, (party, number, operation, fingerprint_of(body), product, "", *money, trade_on.isoformat(), confirm_on, status, code)
    )


def call_off(tx: Tx, clock: IssuerClock, party: str, number: str, fields: Fields, body: dict[str, Any]) -> Row:
    """Cancel another order before its day's file is fixed. One that never came is refused when it comes."""
    original = fields.number("original")
    fields.done()
    row = find(tx, party, original)
    status, code = "taken", ""
    if row is None:
        keep(tx, clock, (party, original, "", "", "", "", 0, 0, "", "", "rejected", "CANCELLED"))
    elif row["status"] == "taken" and row["operation"] != "cancel":
        tx.execute("UPDATE orders SET status = 'cancelled', code = 'CANCELLED' WHERE party = ? AND number = ?", (party, original))
    elif row["status"] not in ("cancelled", "rejected"):
        status, code = "rejected", "TOO_LATE"
    return keep(tx, clock, (party, number, "cancel", fingerprint_of(body), "", original, 0, 0, "", "", status, code))


def keep(tx: Tx, clock: IssuerClock, values: tuple[Any, ...]) -> Row:
    """Write an order down and read it back."""
    party, number, *rest = values
    tx.execute(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (party, number, derived("IS", party, number), *rest, stamp(clock.now())),
    )
    row = find(tx, party, number)
    assert row is not None
    return row


def confirm_day(tx: Tx, party: str, trade_on: date) -> date:
    """The next trading day whose file is not fixed yet."""
    found = next_trading(trade_on)
    while tx.execute("SELECT 1 FROM files WHERE party = ? AND day = ?", (party, found.isoformat())).fetchone():
        found = next_trading(found)
    return found


def day(text: str) -> date:
    """An ISO day. Raises Refusal."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("INVALID_REQUEST", "day", "a day is YYYY-MM-DD") from error


def view(row: Row) -> dict[str, Any]:
    """An order as it is told."""
    shown = (
        "number",
        "issuer_no",
        "operation",
        "product",
        "original",
        "amount_fen",
        "units_fen",
        "trade_on",
        "confirm_on",
        "status",
        "code",
    )
    hidden = {"code": ""} if row["status"] == "taken" else {}
    return {name: row[name] for name in shown} | hidden
