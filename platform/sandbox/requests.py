"""Business numbers: the same number with the same content is the same request."""

import hashlib
import json
from typing import Any

from sandbox.bank_context import Row, Tx
from sandbox.wire import Refusal, dump

# A number closed before it arrived matches whatever arrives.
CLOSED_UNSEEN = ""


def fingerprint(body: dict[str, Any]) -> str:
    """SHA-256 of the content without its number, whatever the order of the fields."""
    content = {name: value for name, value in body.items() if name != "request_no"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def seen(tx: Tx, merchant: str, request_no: str, operation: str, mark: str) -> Row | None:
    """The earlier request of this number. Raises Refusal REQUEST_NO_REUSED when it was another one."""
    row = find(tx, merchant, request_no)
    if row is not None and (row["operation"] != operation or row["fingerprint"] not in (mark, CLOSED_UNSEEN)):
        raise Refusal("REQUEST_NO_REUSED", "request_no")
    return row


def find(tx: Tx, merchant: str, request_no: str) -> Row | None:
    """The request of this number, if the bank has seen it."""
    row: Row | None = tx.execute("SELECT * FROM requests WHERE merchant = ? AND request_no = ?", (merchant, request_no)).fetchone()
    return row


def remember(tx: Tx, merchant: str, request_no: str, operation: str, mark: str, result: dict[str, Any]) -> None:
    """Keep the answer; orders are answered from their own row, so only that they were asked for is kept."""
    response = "" if "bank_no" in result else dump(result)
    tx.execute(
        "INSERT INTO requests VALUES (?, ?, ?, ?, ?) ON CONFLICT (merchant, request_no) DO UPDATE SET fingerprint = excluded.fingerprint",
        (merchant, request_no, operation, mark, response),
    )
