"""Examples of the API of disputes, for the OpenAPI document."""

from typing import Any

from payments.cashier.api.examples import AT, ORDER_ID

DISPUTE_ID = "dsp_06a1m5x9q0e7z8r2k4w6t1y3v5"
NEW_DISPUTE = {"amount": 10000, "kind": "not_received", "words": "Nothing has arrived after three weeks."}
ANSWER = {"text": "It was delivered on 20 November, see the signed receipt."}
FILE_IN = {"name": "receipt.pdf", "content": "JVBERi0xLjQK"}
FILE = {"number": 1, "name": "receipt.pdf", "content_type": "application/pdf", "size": 9, "sha256": "0f" * 32, "created_at": AT}
MINE: dict[str, Any] = {
    "id": DISPUTE_ID,
    "order_id": ORDER_ID,
    "amount": 10000,
    "currency": "CNY",
    "kind": "not_received",
    "words": "Nothing has arrived after three weeks.",
    "state": "opened",
    "verdict": "",
    "refund_id": None,
    "created_at": AT,
    "decided_at": None,
}
THEIRS = MINE | {
    "opened_by": "payer",
    "frozen": 9940,
    "answer": None,
    "answer_due_at": "2026-11-29T10:00:00+08:00",
    "answered_at": None,
    "files": [],
}
ANSWERED = THEIRS | {"state": "evidence", "answer": ANSWER["text"], "answered_at": AT, "files": [FILE]}
WITHDRAWN = MINE | {"state": "withdrawn", "decided_at": AT}
