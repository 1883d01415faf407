"""News for the merchant, kept until it is taken: made in the transaction of what it is about, sent by courier.py."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import merchant_row
from sandbox.bank_context import Bank, Row, Tx, derived
from sandbox.clock import stamp
from sandbox.faults import Fault
from sandbox.wire import Refusal, dump

STATES = ("pending", "held", "delivered", "dead", "lost", "not_sent")


@dataclass(frozen=True)
class News:
    """`subject_no`: the order's request_no, or the agreement_no. `resource`: as it is at the event."""

    merchant: str
    event: str
    subject_no: str
    resource: dict[str, Any]


def emit(bank: Bank, tx: Tx, news: News, faults: Sequence[dict[str, Any]]) -> None:
    """Keep one notice to be sent after the commit."""
    event_id = derived("EV", news.merchant, news.event, news.subject_no, length=20)
    body = {
        "event_id": event_id, "event": news.event, "occurred_at": stamp(bank.clock.now()), "merchant": news.merchant,
        "resource_type": news.event.partition(".")[0], "resource": news.resource,
    }  # fmt: skip
    found = {fault["name"]: fault["params"] for fault in faults}
    if "lost_notice" in found:
        state = "lost"
    elif not notify_url(bank, tx, news.merchant):
        state = "not_sent"
    else:
        state = "held" if "reordered_notices" in found else "pending"
    due = time.time() + found.get("late_notice", {"delay_ms": 0})["delay_ms"] / 1000
    tx.execute(
        "INSERT INTO notices (event_id, merchant, event, request_no, body, state, due, faults) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (event_id, news.merchant, news.event, news.subject_no, dump(body), state, due, dump(list(faults))),
    )


def notify_url(bank: Bank, tx: Tx, merchant: str) -> str:
    """Where the merchant wants its notices: its own URL, or the one the bank was started with."""
    return str(merchant_row(tx, merchant)["notify_url"]) or bank.config.notify_url


def due(tx: Tx, most: int) -> list[Row]:
    """Notices to be sent now, in the order they were made."""
    return tx.execute("SELECT * FROM notices WHERE state = 'pending' AND due <= ? ORDER BY id LIMIT ?", (time.time(), most)).fetchall()


def next_due(tx: Tx) -> float | None:
    """When the next notice is due (unix seconds)."""
    row = tx.execute("SELECT min(due) AS at FROM notices WHERE state = 'pending'").fetchone()
    return None if row["at"] is None else float(row["at"])


def next_plan(tx: Tx) -> float | None:
    """When the next planned thing is due (unix seconds): a decision, a return, a cancellation."""
    row = tx.execute(
        "SELECT min(at) AS at FROM (SELECT min(decide_due) AS at FROM orders WHERE decide_due IS NOT NULL"
        " UNION ALL SELECT min(return_due) FROM orders WHERE return_due IS NOT NULL"
        " UNION ALL SELECT min(cancel_due) FROM agreements WHERE cancel_due IS NOT NULL)"
    ).fetchone()
    return None if row["at"] is None else float(row["at"])


def waiting(tx: Tx) -> list[Row]:
    """Everything a flush sends: what is pending in order, then what is held back, latest first."""
    pending = tx.execute("SELECT * FROM notices WHERE state = 'pending' ORDER BY id").fetchall()
    return pending + tx.execute("SELECT * FROM notices WHERE state = 'held' ORDER BY id DESC").fetchall()


def get(tx: Tx, event_id: str) -> Row:
    """The notice. Raises Refusal NOT_FOUND."""
    row: Row | None = tx.execute("SELECT * FROM notices WHERE event_id = ?", (event_id,)).fetchone()
    if row is None:
        raise Refusal("NOT_FOUND", "event_id", "there is no such notice")
    return row


def record_try(tx: Tx, notice: Row, result: str, *, taken: bool, backoff_s: Sequence[float]) -> None:
    """Keep the outcome of a delivery; a taken notice lets go the ones held back before it."""
    attempts = notice["attempts"] + 1
    if taken:
        state, wait_s = "delivered", 0.0
        tx.execute(
            "UPDATE notices SET state = 'pending' WHERE merchant = ? AND state = 'held' AND id < ?", (notice["merchant"], notice["id"])
        )
    elif attempts > len(backoff_s):
        state, wait_s = "dead", 0.0
    else:
        state, wait_s = "pending", backoff_s[attempts - 1]
    tx.execute(
        "UPDATE notices SET state = ?, attempts = ?, last_result = ?, due = ? WHERE id = ?",
        (state, attempts, result, time.time() + wait_s, notice["id"]),
    )


def faults_of(notice: Row) -> dict[str, Fault]:
    """The faults that act on this notice, by name."""
    return {fault["name"]: Fault(fault["name"], fault["params"]) for fault in json.loads(notice["faults"])}


def latest(tx: Tx, state: str, request_no: str, most: int) -> list[Row]:
    """Notices, latest first; empty filters take all."""
    return tx.execute(
        "SELECT * FROM notices WHERE (? = '' OR state = ?) AND (? = '' OR request_no = ?) ORDER BY id DESC LIMIT ?",
        (state, state, request_no, request_no, most),
    ).fetchall()


def view(notice: Row) -> dict[str, Any]:
    """The control plane's representation."""
    return {
        "event_id": notice["event_id"], "event": notice["event"], "state": notice["state"], "attempts": notice["attempts"],
        "last_result": notice["last_result"], "request_no": notice["request_no"],
        "due_in_s": round(max(0.0, notice["due"] - time.time()), 3) if notice["state"] == "pending" else 0.0,
        "faults": [fault["name"] for fault in json.loads(notice["faults"])], "body": json.loads(notice["body"]),
    }  # fmt: skip
