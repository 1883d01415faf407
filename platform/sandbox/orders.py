"""Orders: payments, refunds and payouts as rows, and the one way they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.bank_context import Row, Tx, derived
from sandbox.banks import issuer
from sandbox.clock import stamp
from sandbox.codes import CODES
from sandbox.wire import Refusal, dump

_PREFIX = {"payment": "PY", "refund": "RF", "payout": "PO"}
KINDS = tuple(_PREFIX)


@dataclass(frozen=True)
class Instruction:
    """What the merchant asks for. `original_no`: the payment a refund is of."""

    kind: str
    merchant: str
    request_no: str
    agreement_no: str
    card_number: str
    amount_fen: int
    subject: str = ""
    original_no: str = ""


def insert(tx: Tx, what: Instruction, now: datetime, notice_faults: Sequence[dict[str, Any]] = (), return_plan: str = "") -> Row:
    """A new PROCESSING order; one that was closed unseen keeps its refusal and takes the content."""
    bank_no = derived(f"{_PREFIX[what.kind]}{now:%Y%m%d}", what.merchant, what.request_no)
    row: Row = tx.execute(
        "INSERT INTO orders (merchant, request_no, kind, bank_no, status, original_no, agreement_no, card_number, amount_fen, subject,"
        " accepted_at, notice_faults, return_plan) VALUES (?, ?, ?, ?, 'PROCESSING', ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (merchant, request_no) DO UPDATE SET original_no = excluded.original_no, agreement_no = excluded.agreement_no,"
        " card_number = excluded.card_number, amount_fen = excluded.amount_fen, subject = excluded.subject RETURNING *",
        (
            what.merchant, what.request_no, what.kind, bank_no, what.original_no, what.agreement_no, what.card_number, what.amount_fen,
            what.subject, stamp(now), dump(list(notice_faults)), return_plan,
        ),
    ).fetchone()  # fmt: skip
    return row


def find(tx: Tx, merchant: str, request_no: str) -> Row | None:
    """The order of this number, of any kind."""
    row: Row | None = tx.execute("SELECT * FROM orders WHERE merchant = ? AND request_no = ?", (merchant, request_no)).fetchone()
    return row


def get(tx: Tx, merchant: str, kind: str, request_no: str) -> Row:
    """The order of this kind and number. Raises Refusal NOT_FOUND."""
    row = find(tx, merchant, request_no)
    if row is None or row["kind"] != kind:
        raise Refusal("NOT_FOUND", "request_no")
    return row


def view(order: Row) -> dict[str, Any]:
    """The order as in every answer, query and notice."""
    code = order["code"]
    found = issuer(order["card_number"])
    return {
        "kind": order["kind"], "request_no": order["request_no"], "bank_no": order["bank_no"], "status": order["status"],
        "code": code, "message": CODES[code].message if code else "", "amount_fen": order["amount_fen"], "currency": "CNY",
        "fee_fen": order["fee_fen"], "refunded_fen": order["refunded_fen"], "original_request_no": order["original_no"],
        "agreement_no": order["agreement_no"], "last4": order["card_number"][-4:], "bank_code": found[0].code if found else "",
        "subject": order["subject"], "accepted_at": order["accepted_at"], "finished_at": order["finished_at"],
        "booked_on": order["booked_on"], "returned_at": order["returned_at"], "returned_on": order["returned_on"],
    }  # fmt: skip
