"""The merchant's settlement account: entries, fees and the end of each day.

Payouts and their returns move the account at once; card payments, refunds and fees reach it at the end of the day they
are booked on, as up to three entries. So opening + entries = closing on every day, and nothing is booked on a settled day.
"""

from datetime import datetime

from sandbox.bank_context import Row, Tx, derived
from sandbox.clock import next_day, previous_day, stamp
from sandbox.wire import Refusal


def merchant_row(tx: Tx, merchant: str) -> Row:
    """The merchant. Raises Refusal MERCHANT_UNKNOWN."""
    row: Row | None = tx.execute("SELECT * FROM merchants WHERE id = ?", (merchant,)).fetchone()
    if row is None:
        raise Refusal("MERCHANT_UNKNOWN", "merchant")
    return row


def fee_fen(amount_fen: int, fee_bp: int) -> int:
    """The fee on a payment, half a fen rounded up: 4,000 fen at 20 basis points -> 8 fen."""
    return (amount_fen * fee_bp + 5_000) // 10_000


def open_day(tx: Tx, merchant: str, now: datetime) -> str:
    """The day that is booked on now (ISO), after settling every day before it. Never a settled day, even if the clock slipped back."""
    settled_on = str(merchant_row(tx, merchant)["settled_on"])
    today = now.date().isoformat()
    if settled_on and settled_on >= previous_day(today):
        return next_day(settled_on)
    for day in _unsettled_days(tx, merchant, settled_on, today):
        _settle(tx, merchant, day)
    tx.execute("UPDATE merchants SET settled_on = ? WHERE id = ?", (previous_day(today), merchant))
    return today


def post(tx: Tx, merchant: str, day: str, booked_at: str, entry_ref: str, kind: str, amount_fen: int, request_no: str = "") -> None:
    """One entry on the account; `amount_fen` positive = credit. Who may overdraw it is decided by the caller."""
    row = tx.execute(
        "UPDATE merchants SET balance_fen = balance_fen + ? WHERE id = ? RETURNING balance_fen", (amount_fen, merchant)
    ).fetchone()
    tx.execute(
        "INSERT INTO entries (merchant, booked_on, booked_at, entry_ref, kind, direction, amount_fen, request_no, balance_fen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            merchant, day, booked_at, entry_ref, kind, "CRDT" if amount_fen > 0 else "DBIT", abs(amount_fen), request_no,
            row["balance_fen"],
        ),
    )  # fmt: skip


def receive(tx: Tx, merchant: str, amount_fen: int, reference: str, now: datetime) -> Row:
    """The entry of a transfer from somewhere else, as a channel that sends on what it holds makes it. Once for each reference."""
    entry_ref = derived("CT", merchant, reference)
    day = open_day(tx, merchant, now)
    if tx.execute("SELECT 1 FROM entries WHERE merchant = ? AND entry_ref = ?", (merchant, entry_ref)).fetchone() is None:
        post(tx, merchant, day, stamp(now), entry_ref, "credit_transfer", amount_fen, reference)
    row: Row = tx.execute("SELECT * FROM entries WHERE merchant = ? AND entry_ref = ?", (merchant, entry_ref)).fetchone()
    return row


def opening_fen(tx: Tx, merchant: str, day: str) -> int:
    """The balance before the first entry of `day`."""
    row = tx.execute(
        "SELECT balance_fen FROM entries WHERE merchant = ? AND booked_on < ? ORDER BY booked_on DESC, id DESC LIMIT 1",
        (merchant, day),
    ).fetchone()
    return 0 if row is None else int(row["balance_fen"])


def _unsettled_days(tx: Tx, merchant: str, settled_on: str, today: str) -> list[str]:
    rows = tx.execute(
        "SELECT DISTINCT booked_on FROM orders WHERE merchant = ? AND booked_on > ? AND booked_on < ? ORDER BY booked_on",
        (merchant, settled_on, today),
    )
    return [row["booked_on"] for row in rows]


def _settle(tx: Tx, merchant: str, day: str) -> None:
    """Book the day's payments, refunds and fees, even into overdraft: what was promised to card holders is paid."""
    row = tx.execute(
        "SELECT coalesce(sum(amount_fen) FILTER (WHERE kind = 'payment'), 0) AS payments,"
        " coalesce(sum(amount_fen) FILTER (WHERE kind = 'refund'), 0) AS refunds, coalesce(sum(fee_fen), 0) AS fees"
        " FROM orders WHERE merchant = ? AND booked_on = ?",
        (merchant, day),
    ).fetchone()
    at, reference = f"{day}T23:59:59+08:00", f"SETTLE-{day.replace('-', '')}"
    booked = (
        ("PAYMENTS", "settlement_payments", row["payments"]),
        ("REFUNDS", "settlement_refunds", -row["refunds"]),
        ("FEES", "fee", -row["fees"]),
    )
    for suffix, kind, amount_fen in booked:
        if amount_fen:
            post(tx, merchant, day, at, f"{reference}-{suffix}", kind, amount_fen)
