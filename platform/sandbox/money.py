"""The course of an order: accepted, decided, told, perhaps returned. One road for payments, refunds and payouts."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox import accounts, notices, orders, payments, payouts, requests
from sandbox.bank_context import Bank, Row, Tx
from sandbox.clock import stamp
from sandbox.faults import Fault, Faults
from sandbox.orders import Instruction
from sandbox.wire import Refusal, dump


@dataclass(frozen=True)
class _Rules:
    """`refusal`: the code that stops an order now, or "". `apply` moves the money and returns the fee in fen."""

    refusal: Callable[[Tx, Row, datetime], str]
    apply: Callable[[Tx, Row, datetime], int]


_RULES = {
    "payment": _Rules(payments.payment_refusal, payments.apply_payment),
    "refund": _Rules(payments.refund_refusal, payments.apply_refund),
    "payout": _Rules(payouts.payout_refusal, payouts.apply_payout),
}
_PROCESSING = {"processing_then_success": "SUCCESS", "processing_then_failed": "FAILED"}


def accept(bank: Bank, tx: Tx, what: Instruction, faults: Faults) -> Row:
    """Take an instruction and decide it, unless a fault leaves it in PROCESSING. The order."""
    now = bank.clock.now()
    returned = faults.get("payout_returned")
    return_plan = dump(returned.params) if returned and what.kind == "payout" else ""
    order = orders.insert(tx, what, now, faults.notice_faults(), return_plan)
    if order["status"] != "PROCESSING":
        return order
    declined = faults.get("decline")
    planned = next((fault for name in _PROCESSING if (fault := faults.get(name))), None)
    code = str(declined.params["code"]) if declined else _RULES[what.kind].refusal(tx, order, now)
    return _plan(tx, order, planned) if planned and not code else _conclude(bank, tx, order, code, now)


def resolve(bank: Bank, tx: Tx, order: Row, status: str, code: str) -> Row:
    """Decide a PROCESSING order. Raises Refusal NOT_PROCESSING. A success is still refused by what refuses it by now."""
    if order["status"] != "PROCESSING":
        raise Refusal("NOT_PROCESSING", "request_no", f"the order is {order['status']}")
    now = bank.clock.now()
    return _conclude(bank, tx, order, code if status == "FAILED" else _RULES[order["kind"]].refusal(tx, order, now), now)


def give_back(bank: Bank, tx: Tx, order: Row, code: str) -> Row:
    """A payout comes back. Raises Refusal NOT_RETURNABLE."""
    if order["kind"] != "payout" or order["status"] != "SUCCESS":
        raise Refusal("NOT_RETURNABLE", "request_no", f"only a successful payout comes back; this is a {order['kind']}, {order['status']}")
    now = bank.clock.now()
    day = payouts.take_back(tx, order, now)
    after: Row = tx.execute(
        "UPDATE orders SET status = 'RETURNED', code = ?, returned_at = ?, returned_on = ?, return_due = NULL WHERE id = ? RETURNING *",
        (code, stamp(now), day, order["id"]),
    ).fetchone()
    return _tell(bank, tx, after, "returned")


def close(bank: Bank, tx: Tx, merchant: str, kind: str, request_no: str) -> Row:
    """End an order that is not decided, or a number not seen yet. Raises Refusal ORDER_ALREADY_SUCCEEDED, REQUEST_NO_REUSED."""
    order = orders.find(tx, merchant, request_no)
    if order is None:
        if requests.find(tx, merchant, request_no) is not None:
            raise Refusal("REQUEST_NO_REUSED", "request_no")
        requests.remember(tx, merchant, request_no, kind, requests.CLOSED_UNSEEN, {"bank_no": ""})
        order = orders.insert(tx, Instruction(kind, merchant, request_no, "", "", 0), bank.clock.now())
    if order["kind"] != kind:
        raise Refusal("REQUEST_NO_REUSED", "request_no")
    if order["status"] in ("SUCCESS", "RETURNED"):
        raise Refusal("ORDER_ALREADY_SUCCEEDED", "request_no")
    if order["status"] == "PROCESSING":
        return _finish(tx, order, "FAILED", "ORDER_CLOSED", bank.clock.now())
    return order


def decide_due(bank: Bank, *, until: float | None = None) -> int:
    """Decide and return what was planned to be by now (`until` a moment, in unix seconds), each in a transaction of its own; how many."""
    until = time.time() if until is None else until
    with bank.store.read() as tx:
        planned = tx.execute("SELECT id FROM orders WHERE decide_due <= ? ORDER BY decide_due", (until,)).fetchall()
        coming_back = tx.execute("SELECT id FROM orders WHERE return_due <= ? ORDER BY return_due", (until,)).fetchall()
    for row in planned:
        with bank.store.write() as tx:
            order = _by_id(tx, row["id"])
            if order["decide_due"] is not None:
                resolve(bank, tx, order, order["planned"], order["planned_code"])
    for row in coming_back:
        with bank.store.write() as tx:
            order = _by_id(tx, row["id"])
            if order["return_due"] is not None:
                give_back(bank, tx, order, json.loads(order["return_plan"])["code"])
    return len(planned) + len(coming_back)


def _by_id(tx: Tx, order_id: int) -> Row:
    row: Row = tx.execute("SELECT * FROM orders WHERE id = ?", (order_id,)).fetchone()
    return row


def _plan(tx: Tx, order: Row, fault: Fault) -> Row:
    after_ms = fault.params["after_ms"]
    due = time.time() + after_ms / 1000 if after_ms else None
    row: Row = tx.execute(
        "UPDATE orders SET planned = ?, planned_code = ?, decide_due = ? WHERE id = ? RETURNING *",
        (_PROCESSING[fault.name], fault.params.get("code", ""), due, order["id"]),
    ).fetchone()
    return row


def _conclude(bank: Bank, tx: Tx, order: Row, code: str, now: datetime) -> Row:
    """Move the money or refuse, and tell the merchant."""
    if code:
        return _tell(bank, tx, _finish(tx, order, "FAILED", code, now), "failed")
    day = accounts.open_day(tx, order["merchant"], now)
    fee_fen = _RULES[order["kind"]].apply(tx, order, now)
    after = _finish(tx, order, "SUCCESS", "", now, booked_on=day, fee_fen=fee_fen, return_due=_return_due(order))
    return _tell(bank, tx, after, "succeeded")


def _return_due(order: Row) -> float | None:
    after_ms = json.loads(order["return_plan"] or "{}").get("after_ms", 0)
    return time.time() + after_ms / 1000 if after_ms else None


def _finish(
    tx: Tx, order: Row, status: str, code: str, now: datetime, *, booked_on: str = "", fee_fen: int = 0, return_due: float | None = None
) -> Row:
    row: Row = tx.execute(
        "UPDATE orders SET status = ?, code = ?, finished_at = ?, booked_on = ?, fee_fen = ?, return_due = ?, decide_due = NULL"
        " WHERE id = ? RETURNING *",
        (status, code, stamp(now), booked_on, fee_fen, return_due, order["id"]),
    ).fetchone()
    return row


def _tell(bank: Bank, tx: Tx, order: Row, what: str) -> Row:
    news = notices.News(order["merchant"], f"{order['kind']}.{what}", order["request_no"], orders.view(order))
    found: list[dict[str, Any]] = json.loads(order["notice_faults"])
    notices.emit(bank, tx, news, found)
    return order
