"""Cards: what they hold and every movement on them."""

from datetime import datetime
from typing import Any

from sandbox.bank_context import Row, Tx
from sandbox.banks import BY_CODE, Kind, issuer
from sandbox.clock import stamp
from sandbox.wire import Refusal

EXPIRES_ON = "2099-12-31"
STATUS_REFUSAL = {"frozen": "CARD_FROZEN", "expired": "CARD_EXPIRED", "closed": "CARD_CLOSED"}


def find(tx: Tx, number: str) -> Row | None:
    """The card, if the bank issued it."""
    row: Row | None = tx.execute("SELECT * FROM cards WHERE number = ?", (number,)).fetchone()
    return row


def get(tx: Tx, number: str) -> Row:
    """The card. Raises Refusal NOT_FOUND."""
    row = find(tx, number)
    if row is None:
        raise Refusal("NOT_FOUND", "card_number", "the bank has no such card")
    return row


def issue(tx: Tx, number: str, holder: str, kind: Kind, balance_fen: int, now: datetime, *, single_fen: int = 0, day_fen: int = 0) -> None:
    """Make a card and its opening movement; nothing when the number exists."""
    found = issuer(number)
    assert found is not None
    cursor = tx.execute(
        "INSERT INTO cards VALUES (?, ?, ?, ?, 'active', ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING",
        (number, kind, found[0].code, holder, EXPIRES_ON, balance_fen, single_fen, day_fen),
    )
    if cursor.rowcount:
        _record(tx, number, balance_fen, balance_fen, "opening", "", "", now)


def move(tx: Tx, number: str, amount_fen: int, kind: str, now: datetime, merchant: str = "", request_no: str = "") -> None:
    """Add `amount_fen` (negative: take) to a card; the table refuses to go below zero."""
    row = tx.execute(
        "UPDATE cards SET balance_fen = balance_fen + ? WHERE number = ? RETURNING balance_fen", (amount_fen, number)
    ).fetchone()
    _record(tx, number, amount_fen, row["balance_fen"], kind, merchant, request_no, now)


def _record(tx: Tx, number: str, amount_fen: int, balance_fen: int, kind: str, merchant: str, request_no: str, now: datetime) -> None:
    tx.execute(
        "INSERT INTO card_movements (card_number, at, amount_fen, balance_fen, merchant, request_no, kind) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, stamp(now), amount_fen, balance_fen, merchant, request_no, kind),
    )


def face(number: str) -> dict[str, Any]:
    """What may be shown of a card: BIN, last four, bank, kind."""
    found = issuer(number)
    if found is None:
        return {"bin": number[:6], "last4": number[-4:], "bank_code": "", "bank_name": "", "bank_name_zh": "", "kind": ""}
    bank, kind = found
    return {
        "bin": number[:6], "last4": number[-4:], "bank_code": bank.code, "bank_name": bank.name, "bank_name_zh": bank.name_zh, "kind": kind,
    }  # fmt: skip


def supported(number: str) -> bool:
    """Whether agreements may be signed on this card's bank."""
    found = issuer(number)
    return found is not None and BY_CODE[found[0].code].supported
