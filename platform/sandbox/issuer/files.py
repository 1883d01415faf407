"""A day's confirmations: lines fixed when the file is first asked for, sums, and the issuer's signature over all of it."""

import json
from datetime import date
from typing import Any

from sandbox.bank_context import Row, Tx
from sandbox.issuer.days import trades
from sandbox.issuer.keys import Pen
from sandbox.issuer.switches import Struck
from sandbox.wire import Refusal, dump

NAV = "1.000000"
FAULTS = (
    "file_missing", "file_late", "file_wrong_sum", "file_wrong_count", "file_bad_signature", "file_extra_line", "file_wrong_amount",
    "file_repeated_line",
)  # fmt: skip


def render(tx: Tx, pen: Pen, party: str, day: date, today: date, struck: Struck) -> bytes:
    """The file of a day: a line of sums, the lines, a line with the signature over everything before it. Raises Refusal."""
    late = today <= day if "file_late" in struck else today < day
    if late or "file_missing" in struck or not trades(day):
        raise Refusal("FILE_NOT_READY", "day", f"there is no file of {day} so far")
    lines = spoilt(fixed(tx, party, day), struck)
    stated = {"count": len(lines)} | sums(lines)
    stated["subscribed_fen"] += "file_wrong_sum" in struck
    stated["count"] += "file_wrong_count" in struck
    head: dict[str, Any] = {"party": party, "day": day.isoformat()} | stated
    text = "".join(dump(line) + "\n" for line in (head, *lines)).encode()
    signature = pen.sign(text + b" " if "file_bad_signature" in struck else text)
    return text + (dump({"signature": signature}) + "\n").encode()


def fixed(tx: Tx, party: str, day: date) -> list[dict[str, Any]]:
    """The lines of a day; the first time, its orders are decided and the day is over."""
    kept = tx.execute("SELECT lines FROM files WHERE party = ? AND day = ?", (party, day.isoformat())).fetchone()
    if kept is not None:
        found: list[dict[str, Any]] = json.loads(kept["lines"])
        return found
    rows = tx.execute(
        "SELECT o.*, p.fee_bp FROM orders o JOIN products p ON p.code = o.product"
        " WHERE party = ? AND confirm_on = ? AND status = 'taken' ORDER BY number",
        (party, day.isoformat()),
    ).fetchall()
    lines = [decided(row, place) for place, row in enumerate(rows, start=1)]
    tx.execute("INSERT INTO files VALUES (?, ?, ?)", (party, day.isoformat(), dump(lines)))
    tx.execute(
        "UPDATE orders SET status = CASE code WHEN '' THEN 'confirmed' ELSE 'refused' END"
        " WHERE party = ? AND confirm_on = ? AND status = 'taken'",
        (party, day.isoformat()),
    )
    return lines


def decided(row: Row, place: int) -> dict[str, Any]:
    """The line of one order. The fee is in the money: of a subscription it buys no units. Units with an agreed price come to that."""
    asked = row["amount_fen"] or row["units_fen"]
    fee = (asked * row["fee_bp"] + 5000) // 10_000
    amount, units = (asked, asked - fee) if row["operation"] == "subscribe" else (asked, row["units_fen"])
    done = not row["code"]
    return {
        "place": place,
        "number": row["number"],
        "operation": row["operation"],
        "product": row["product"],
        "status": "confirmed" if done else "rejected",
        "code": row["code"],
        "amount_fen": amount if done else 0,
        "units_fen": units if done else 0,
        "fee_fen": fee if done else 0,
        "nav": NAV,
    }


def spoilt(lines: list[dict[str, Any]], struck: Struck) -> list[dict[str, Any]]:
    """The lines with what the switches put wrong."""
    found = [dict(line) for line in lines]
    if "file_wrong_amount" in struck:
        for line in [line for line in found if line["status"] == "confirmed"][:1]:
            line["amount_fen"] += struck.param("file_wrong_amount", "fen", 1)
    if "file_repeated_line" in struck:
        found += [dict(line) for line in found[:1]]
    if "file_extra_line" in struck:
        stray = {"number": "stray", "operation": "subscribe", "product": "BYCASH01", "status": "confirmed", "code": ""}
        found.append(stray | {"amount_fen": 100, "units_fen": 100, "fee_fen": 0, "nav": NAV})
    return [line | {"place": place} for place, line in enumerate(found, start=1)]


def sums(lines: list[dict[str, Any]]) -> dict[str, int]:
    """What the confirmed lines come to."""
    return {
        "subscribed_fen": sum(line["amount_fen"] for line in lines if line["operation"] == "subscribe"),
        "redeemed_fen": sum(line["amount_fen"] for line in lines if line["operation"] == "redeem"),
        "fee_fen": sum(line["fee_fen"] for line in lines),
    }
