"""The SMS operator: every message to every invented mobile ends in one inbox."""

import re
from datetime import datetime
from typing import Any

from sandbox.bank_context import Bank, Row, Tx, derived
from sandbox.clock import stamp

_CODE = re.compile(r"(?<![0-9])[0-9]{4,8}(?![0-9])")


def deliver(tx: Tx, mobile: str, text: str, source: str, now: datetime) -> None:
    """Put one message into the inbox. `source`: "bank" or the merchant that sent it."""
    tx.execute("INSERT INTO messages (sent_at, mobile, text, source) VALUES (?, ?, ?, ?)", (stamp(now), mobile, text, source))


def send(bank: Bank, tx: Tx, merchant: str, request_no: str, mobile: str, text: str) -> dict[str, Any]:
    """A merchant's own message. `mobile`: 11 digits, with or without +86."""
    deliver(tx, mobile.removeprefix("+86"), text, merchant, bank.clock.now())
    return {"request_no": request_no, "status": "SUCCESS", "code": "", "message": "", "message_id": derived("SM", merchant, request_no)}


def inbox(tx: Tx, mobile: str, most: int, after_id: int = 0) -> list[dict[str, Any]]:
    """Messages to one mobile ("" for all), latest first."""
    if mobile:
        wanted = (mobile.removeprefix("+86"), after_id, most)
        rows = tx.execute("SELECT * FROM messages WHERE mobile = ? AND id > ? ORDER BY id DESC LIMIT ?", wanted)
    else:
        rows = tx.execute("SELECT * FROM messages WHERE id > ? ORDER BY id DESC LIMIT ?", (after_id, most))
    return [_view(row) for row in rows]


def _view(row: Row) -> dict[str, Any]:
    found = _CODE.search(row["text"])
    return {
        "id": row["id"], "sent_at": row["sent_at"], "mobile": row["mobile"], "text": row["text"],
        "code": found.group() if found else "", "source": row["source"],
    }  # fmt: skip
