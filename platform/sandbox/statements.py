"""Daily statements: the lines of a day, the entries of the settlement account, and both as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox import accounts
from sandbox.bank_context import Tx
from sandbox.clock import previous_day
from sandbox.faults import Fault, Faults
from sandbox.tampering import by_amount, tampered

LINE_COLUMNS = (
    "record", "line_no", "booked_at", "kind", "request_no", "bank_no", "original_request_no", "amount_fen", "fee_fen", "currency", "status",
    "last4",
)  # fmt: skip
LINE_SUMMARY = (
    "SUMMARY_COLUMNS", "lines", "payment_count", "payment_fen", "refund_count", "refund_fen", "payout_count", "payout_fen",
    "payout_return_count", "payout_return_fen", "fee_fen", "net_fen",
)  # fmt: skip
ENTRY_COLUMNS = (
    "record", "line_no", "booked_at", "entry_ref", "kind", "bank_transaction_code", "direction", "amount_fen", "currency", "request_no",
    "balance_fen",
)  # fmt: skip
ENTRY_SUMMARY = ("SUMMARY_COLUMNS", "entries", "opening_fen", "credit_count", "credit_fen", "debit_count", "debit_fen", "closing_fen")

# ISO 20022 external bank transaction codes: domain / family / sub-family.
TRANSACTION_CODES = {
    "settlement_payments": "PMNT/MCRD/POSP",
    "settlement_refunds": "PMNT/MCRD/DAJT",
    "fee": "PMNT/MCRD/CHRG",
    "payout": "PMNT/ICDT/DMCT",
    "payout_return": "PMNT/ICDT/RRTN",
    "credit_transfer": "PMNT/RCDT/DMCT",
}


@dataclass(frozen=True)
class Line:
    """One order of a day. Amounts are positive; `kind` is payment, refund, payout or payout_return."""

    booked_at: str
    kind: str
    request_no: str
    bank_no: str
    original_no: str
    amount_fen: int
    fee_fen: int
    status: str
    last4: str


@dataclass(frozen=True)
class Entry:
    """One entry of the settlement account."""

    booked_at: str
    kind: str
    request_no: str
    entry_ref: str
    direction: str
    amount_fen: int

    @property
    def signed_fen(self) -> int:
        """Positive: credit."""
        return self.amount_fen if self.direction == "CRDT" else -self.amount_fen


@dataclass(frozen=True)
class AccountDay:
    """The account's day; `stated`: the entries its totals are taken from (differs from `entries` only under a fault)."""

    account_no: str
    day: str
    opening_fen: int
    entries: tuple[Entry, ...]
    stated: tuple[Entry, ...]

    @property
    def closing_fen(self) -> int:
        """Opening plus entries."""
        return self.opening_fen + sum(entry.signed_fen for entry in self.stated)


def payment_lines(tx: Tx, merchant: str, day: str, faults: Faults) -> tuple[list[Line], list[Line]]:
    """The lines of a closed day as the file shows them, and those its summary is taken from."""
    shift = faults.get("cut_off_shift")
    true = _lines(tx, merchant, day)
    if shift is not None:
        before = previous_day(day)
        late = _shifted(_lines(tx, merchant, before), shift, before)
        leaving = _shifted(true, shift, day)
        true = late + [line for line in true if line not in leaving]
    return tampered(true, faults, partial(_made_up_line, day))


def _lines(tx: Tx, merchant: str, day: str) -> list[Line]:
    rows = tx.execute(
        "SELECT finished_at AS at, kind, id, request_no, bank_no, original_no, amount_fen, fee_fen, 'SUCCESS' AS status, card_number"
        " FROM orders WHERE merchant = ? AND booked_on = ?"
        " UNION ALL SELECT returned_at, 'payout_return', id, request_no, bank_no, request_no, amount_fen, 0, 'RETURNED', card_number"
        " FROM orders WHERE merchant = ? AND returned_on = ? ORDER BY 1, 3, 2",
        (merchant, day, merchant, day),
    )
    return [
        Line(
            row["at"], row["kind"], row["request_no"], row["bank_no"], row["original_no"], row["amount_fen"], row["fee_fen"], row["status"],
            row["card_number"][-4:],
        )
        for row in rows
    ]  # fmt: skip


def _shifted(lines: list[Line], shift: Fault, day: str) -> list[Line]:
    """The lines of `day` that its cut-off fault pushes into the next file."""
    if shift.params["date"] not in ("", day):
        return []
    if shift.request_no:
        return [line for line in lines if line.request_no == shift.request_no]
    count = shift.params["count"]
    if shift.params.get("by") == "amount":
        return [lines[place] for place in by_amount(lines)[:count]]
    return lines[max(0, len(lines) - count) :]


def _noon(day: str) -> str:
    """When a made-up line of a day without others is booked."""
    return f"{day}T12:00:00+08:00"


def _made_up_line(day: str, like: Line | None, number: int, amount_fen: int) -> Line:
    mark, at = f"SANDBOX-EXTRA-{number}", like.booked_at if like else _noon(day)
    return Line(at, "payment", mark, mark, "", amount_fen, accounts.fee_fen(amount_fen, 20), "SUCCESS", "0000")


def account_day(tx: Tx, merchant: str, day: str, faults: Faults) -> AccountDay:
    """The settlement account on a closed day."""
    rows = tx.execute("SELECT * FROM entries WHERE merchant = ? AND booked_on = ? ORDER BY id", (merchant, day))
    entries = [
        Entry(row["booked_at"], row["kind"], row["request_no"], row["entry_ref"], row["direction"], row["amount_fen"]) for row in rows
    ]
    shown, stated = tampered(entries, faults, partial(_made_up_entry, day))
    account_no = accounts.merchant_row(tx, merchant)["account_no"]
    return AccountDay(account_no, day, accounts.opening_fen(tx, merchant, day), tuple(shown), tuple(stated))


def _made_up_entry(day: str, like: Entry | None, number: int, amount_fen: int) -> Entry:
    mark = f"SANDBOX-EXTRA-{number}"
    return Entry(like.booked_at if like else _noon(day), "payout_return", mark, mark, "CRDT", amount_fen)


def payments_csv(shown: Sequence[Line], stated: Sequence[Line]) -> bytes:
    """Lines, then the summary over `stated`."""
    rows: list[Iterable[object]] = [LINE_COLUMNS]
    for number, line in enumerate(shown, start=1):
        rows.append((
            "LINE", number, line.booked_at, line.kind, line.request_no, line.bank_no, line.original_no, line.amount_fen, line.fee_fen,
            "CNY", line.status, line.last4,
        ))  # fmt: skip
    totals = {kind: _total(stated, kind) for kind in ("payment", "refund", "payout", "payout_return")}
    fees = sum(line.fee_fen for line in stated)
    net = totals["payment"][1] - totals["refund"][1] - fees
    figures = [figure for pair in totals.values() for figure in pair]
    rows += [LINE_SUMMARY, ("SUMMARY", len(stated), *figures, fees, net)]
    return _csv(rows)


def _total(lines: Sequence[Line], kind: str) -> tuple[int, int]:
    amounts = [line.amount_fen for line in lines if line.kind == kind]
    return len(amounts), sum(amounts)


def account_csv(account: AccountDay) -> bytes:
    """Entries with the running balance, then the summary."""
    rows: list[Iterable[object]] = [ENTRY_COLUMNS]
    balance_fen = account.opening_fen
    for number, entry in enumerate(account.entries, start=1):
        balance_fen += entry.signed_fen
        rows.append((
            "ENTRY", number, entry.booked_at, entry.entry_ref, entry.kind, TRANSACTION_CODES[entry.kind], entry.direction,
            entry.amount_fen, "CNY", entry.request_no, balance_fen,
        ))  # fmt: skip
    credits, debits = sides(account)
    summary = (len(account.stated), account.opening_fen, *credits, *debits, account.closing_fen)
    rows += [ENTRY_SUMMARY, ("SUMMARY", *summary)]
    return _csv(rows)


def sides(account: AccountDay) -> tuple[tuple[int, int], tuple[int, int]]:
    """Count and sum of the credits, and of the debits."""
    credits = [entry.amount_fen for entry in account.stated if entry.direction == "CRDT"]
    debits = [entry.amount_fen for entry in account.stated if entry.direction == "DBIT"]
    return (len(credits), sum(credits)), (len(debits), sum(debits))


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()
