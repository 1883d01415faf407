"""Billers behind the bank: water, power, gas, phone. What an account owes follows from its number and the bank's month.

Account numbers have 8 to 12 digits. One that ends in 404 is unknown, in 000 owes nothing, in 111 owes two months; a payment of one that
ends in 222 is refused (BILL_ACCOUNT_CLOSED). A bill is paid once.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.bank_context import Row, Tx

BILLERS = ("water", "power", "gas", "phone")
ACCOUNT = r"[0-9]{8,12}"
UNKNOWN, NOTHING, TWO_MONTHS, CLOSED = "404", "000", "111", "222"


def owed(tx: Tx, biller: str, account_no: str, now: datetime) -> dict[str, Any]:
    """The bills not paid yet, the oldest first."""
    if account_no.endswith(UNKNOWN):
        return {"status": "FAILED", "code": "BILL_ACCOUNT_UNKNOWN"}
    bills = [bill for bill in bills_of(biller, account_no, now.date()) if not paid(tx, biller, bill["bill_no"])]
    return {"status": "SUCCESS", "code": "", "bills": bills}


def bills_of(biller: str, account_no: str, today: date) -> list[dict[str, Any]]:
    if account_no.endswith(NOTHING):
        return []
    this = today.replace(day=1)
    months = [(this - timedelta(days=1)).replace(day=1), this] if account_no.endswith(TWO_MONTHS) else [this]
    return [bill(biller, account_no, month) for month in months]


def bill(biller: str, account_no: str, month: date) -> dict[str, Any]:
    seed = hashlib.sha256(f"{biller}:{account_no}:{month:%Y%m}".encode()).digest()
    return {
        "bill_no": f"{biller[0].upper()}{month:%Y%m}-{account_no}",
        "period": f"{month:%Y-%m}",
        "amount_fen": 2_000 + int.from_bytes(seed[:2], "big") % 20_000,
        "due_on": (month + timedelta(days=44)).isoformat(),
    }


def paid(tx: Tx, biller: str, bill_no: str) -> bool:
    found: Row | None = tx.execute("SELECT 1 FROM bills_paid WHERE biller = ? AND bill_no = ?", (biller, bill_no)).fetchone()
    return found is not None


def pay(tx: Tx, request_no: str, biller: str, account_no: str, what: tuple[str, int], now: datetime) -> dict[str, Any]:
    """Take one bill (`what`: its number and amount) as paid, or say why not."""
    bill_no, amount_fen = what
    known = {one["bill_no"]: one["amount_fen"] for one in bills_of(biller, account_no, now.date())}
    refusals = {
        "BILL_ACCOUNT_CLOSED": account_no.endswith(CLOSED),
        "BILL_PAID_ALREADY": paid(tx, biller, bill_no),
        "BILL_CHANGED": known.get(bill_no) != amount_fen,
    }
    code = next((code for code, so in refusals.items() if so), "")
    if not code:
        tx.execute("INSERT INTO bills_paid (biller, bill_no, account_no, amount_fen, request_no) VALUES (?, ?, ?, ?, ?)",
                   (biller, bill_no, account_no, amount_fen, request_no))  # fmt: skip
    return {"request_no": request_no, "status": "FAILED" if code else "SUCCESS", "code": code, "bill_no": bill_no}
