"""Statements of the sandbox bank: CSV and ISO 20022 camt.053, read into plain lines (docs/sandbox-bank.md, section 5).

A file is believed only whole: its digest, its own totals and every field's form are checked before a line is given out.
"""

import base64
import csv
import io
from collections import Counter
from datetime import date
from hashlib import sha256

from payments.channels.port import ChannelUnreachable, StatementBroken, StatementFile, StatementLine, StatementNotReady
from payments.channels.sandbox_bank import camt053
from payments.channels.sandbox_bank.client import document
from payments.channels.transport import Answer, NoAnswer

INCOMING = frozenset({"payment", "payout_return"})
DIRECTIONS = {"CRDT": "credit", "DBIT": "debit"}
PAYMENT_COLUMNS = [
    "record", "line_no", "booked_at", "kind", "request_no", "bank_no", "original_request_no", "amount_fen", "fee_fen", "currency", "status",
    "last4",
]  # fmt: skip
ACCOUNT_COLUMNS = [
    "record", "line_no", "booked_at", "entry_ref", "kind", "bank_transaction_code", "direction", "amount_fen", "currency", "request_no",
    "balance_fen",
]  # fmt: skip


def read(answer: Answer, *, day: date, kind: str, format: str) -> StatementFile:
    """The file in an answer. Raises StatementNotReady, ChannelUnreachable, StatementBroken."""
    if answer.status != 200:
        refuse(answer)
    digest = sha256(answer.body)
    if answer.headers.get("digest") != f"sha-256={base64.b64encode(digest.digest()).decode()}":
        raise StatementBroken("digest")
    reader = {("payments", "csv"): payments_csv, ("account", "csv"): account_csv, ("account", "camt053"): camt053.read}[kind, format]
    lines, summary = reader(answer.body)
    return StatementFile(day, kind, format, answer.body, digest.hexdigest(), lines, summary)


def refuse(answer: Answer) -> None:
    try:
        code = document(answer).get("code")
    except NoAnswer as problem:
        raise ChannelUnreachable(problem.reason) from problem
    if code == "STATEMENT_NOT_READY":
        raise StatementNotReady()
    raise ChannelUnreachable(str(code))


def payments_csv(body: bytes) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Order lines; the totals of the summary must be those of the lines."""
    rows, summary = table(body, PAYMENT_COLUMNS, "LINE")
    lines = tuple(payment_line(row) for row in rows)
    counts, sums = Counter(line.kind for line in lines), Counter[str]()
    for line in lines:
        sums[line.kind] += line.amount_fen
    expected = {"lines": len(lines), "fee_fen": sum(line.fee_fen for line in lines)}
    for kind in ("payment", "refund", "payout", "payout_return"):
        expected |= {f"{kind}_count": counts[kind], f"{kind}_fen": sums[kind]}
    expected["net_fen"] = sums["payment"] - sums["refund"] - expected["fee_fen"]
    return lines, agreed(summary, expected)


def payment_line(row: dict[str, str]) -> StatementLine:
    return StatementLine(
        line_no=number(row["line_no"]),
        booked_at=camt053.instant(row["booked_at"]),
        kind=row["kind"],
        request_no=row["request_no"],
        channel_no=row["bank_no"],
        original_request_no=row["original_request_no"],
        amount_fen=number(row["amount_fen"]),
        fee_fen=number(row["fee_fen"]),
        currency=row["currency"],
        status=row["status"],
        direction="credit" if row["kind"] in INCOMING else "debit",
    )


def account_csv(body: bytes) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Entries of the settlement account; opening + credits - debits must be the closing, and every running balance right."""
    rows, summary = table(body, ACCOUNT_COLUMNS, "ENTRY")
    lines = tuple(entry_line(row) for row in rows)
    balance = summary.get("opening_fen", 0)
    for line, row in zip(lines, rows, strict=True):
        balance += line.amount_fen if line.direction == "credit" else -line.amount_fen
        if balance != number(row["balance_fen"]):
            raise StatementBroken(f"line {line.line_no}: balance")
    return lines, agreed(summary, camt053.totalled(lines, summary.get("opening_fen", 0)))


def entry_line(row: dict[str, str]) -> StatementLine:
    if row["direction"] not in DIRECTIONS:
        raise StatementBroken(f"line {row['line_no']}: direction")
    return StatementLine(
        line_no=number(row["line_no"]),
        booked_at=camt053.instant(row["booked_at"]),
        kind=row["kind"],
        request_no=row["request_no"],
        channel_no=row["entry_ref"],
        original_request_no="",
        amount_fen=number(row["amount_fen"]),
        fee_fen=0,
        currency=row["currency"],
        status="BOOK",
        direction=DIRECTIONS[row["direction"]],
        bank_code=row["bank_transaction_code"],
    )


def table(body: bytes, columns: list[str], mark: str) -> tuple[list[dict[str, str]], dict[str, int]]:
    """The rows marked `mark` by column, and the summary. Raises StatementBroken for any other shape."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise StatementBroken("not CSV") from problem
    if len(rows) < 3 or rows[0] != columns or rows[-2][0] != "SUMMARY_COLUMNS" or rows[-1][0] != "SUMMARY":
        raise StatementBroken("header or summary")
    if any(row[0] != mark or len(row) != len(columns) for row in rows[1:-2]) or len(rows[-1]) != len(rows[-2]):
        raise StatementBroken("columns")
    summary = {name: number(value) for name, value in zip(rows[-2][1:], rows[-1][1:], strict=True)}
    return [dict(zip(columns, row, strict=True)) for row in rows[1:-2]], summary


def agreed(summary: dict[str, int], expected: dict[str, int]) -> dict[str, int]:
    wrong = sorted(name for name in set(summary) | set(expected) if summary.get(name) != expected.get(name))
    if wrong:
        raise StatementBroken(f"summary: {', '.join(wrong)}")
    return summary


def number(value: str) -> int:
    if not value.removeprefix("-").isdecimal() or not value.isascii():
        raise StatementBroken(f"not a whole number: {value[:20]!r}")
    return int(value)
