"""Bills of WeChat Pay: comma-separated, every field behind a backtick, yuan, with two lines of totals at the end.

A bill is believed only whole: its digest, its own totals and every field's form are checked before a line is given out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha1, sha256
from typing import Any

from core.money import CNY, Rounding
from payments.channels.port import ChannelUnreachable, StatementBroken, StatementFile, StatementLine, StatementNotReady
from payments.channels.transport import Answer
from payments.channels.wechat_v3.answers import SHANGHAI, Unreadable, code_of, done, request_no, text

NOT_READY, NONE = "STATEMENT_CREATING", "NO_STATEMENT_EXIST"
MARK = "`"
BRACKETS = {0xFF08: "(", 0xFF09: ")"}
WHEN = "%Y-%m-%d %H:%M:%S"
DIRECTIONS = {"收入": "credit", "支出": "debit"}
KINDS = {"交易": "payment", "退款": "refund", "扣除交易手续费": "fee", "商家转账": "payout", "转账": "payout", "提现": "withdrawal"}
ORDERS_HERE = frozenset({"payout", "payout_return"})
"""What the list of orders has not: transfers."""
TAKEN_IN = "PROCESSING"
"""A refund's state in a list that is not written again: the money has left the account."""
WITH_FEE = re.compile(r"退款总金额(\d+\.\d{2})元[;\uff1b]含手续费(\d+\.\d{2})元")
"""How the account says what its amount of a refund is made of: all that was refunded, and the fee in it that was given back."""
TRADE_COLUMNS = (
    "交易时间",
    "微信订单号",
    "商户订单号",
    "交易状态",
    "货币种类",
    "应结订单金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "手续费",
)
FLOW_COLUMNS = ("记账时间", "微信支付业务单号", "业务类型", "收支类型", "收支金额(元)", "账户结余(元)", "业务凭证号")
Row = dict[str, str]


@dataclass(frozen=True)
class Address:
    """Where a bill lies and its SHA-1."""

    url: str
    sha1: str


def address(answer: Answer, found: dict[str, Any]) -> Address | None:
    """None: there is no bill of that day. Raises StatementNotReady, ChannelUnreachable, StatementBroken."""
    if not done(answer):
        if code_of(answer, found) == NONE:
            return None
        if code_of(answer, found) == NOT_READY:
            raise StatementNotReady()
        raise ChannelUnreachable(code_of(answer, found))
    try:
        if text(found, "hash_type") != "SHA1":
            raise StatementBroken("hash_type")
        return Address(text(found, "download_url"), text(found, "hash_value").lower())
    except Unreadable as problem:
        raise StatementBroken(str(problem)) from problem


def read(answer: Answer, told: Address, *, day: date, kind: str) -> StatementFile:
    """Raises StatementBroken, ChannelUnreachable."""
    if not done(answer):
        raise ChannelUnreachable(f"http_{answer.status}")
    if sha1(answer.body, usedforsecurity=False).hexdigest() != told.sha1:
        raise StatementBroken("digest")
    lines, summary = {"payments": trades, "account": flow}[kind](answer.body)
    digest = sha256(answer.body).hexdigest()
    return StatementFile(day, kind, "csv", answer.body, digest, lines, summary, ORDERS_HERE if kind == "account" else frozenset())


def trades(body: bytes) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Orders and refunds; `net_fen` is what they leave after fees."""
    rows, totals = table(body, TRADE_COLUMNS)
    lines = tuple(trade_line(place, row) for place, row in enumerate(rows, start=1))
    paid = [line for line in lines if line.kind == "payment"]
    returned = [line for line in lines if line.kind == "refund"]
    sums = {
        "lines": len(lines),
        "payment_count": len(paid),
        "payment_fen": sum(line.amount_fen for line in paid),
        "refund_count": len(returned),
        "refund_fen": sum(line.amount_fen for line in returned),
        "fee_fen": sum(line.fee_fen for line in lines),
    }
    stated = {"lines": count(totals, "总交易单数"), "payment_fen": fen(totals, "应结订单总金额"), "refund_fen": fen(totals, "退款总金额")}
    agree(sums, stated | {"fee_fen": fee(totals, "手续费总金额")})
    return lines, sums | {"net_fen": sums["payment_fen"] - sums["refund_fen"] - sums["fee_fen"]}


def trade_line(place: int, row: Row) -> StatementLine:
    payment = row["交易状态"] == "SUCCESS"
    if not payment and row["交易状态"] not in ("REFUND", "REVOKED"):
        raise StatementBroken(f"line {place}: {row['交易状态']}")
    return StatementLine(
        line_no=place,
        booked_at=instant(row["交易时间"]),
        kind="payment" if payment else "refund",
        request_no=row["商户订单号"] if payment else row["商户退款单号"],
        channel_no=row["微信订单号"] if payment else row["微信退款单号"],
        original_request_no="" if payment else row["商户订单号"],
        amount_fen=fen(row, "应结订单金额" if payment else "退款金额"),
        fee_fen=fee(row, "手续费"),
        currency=row["货币种类"],
        status="SUCCESS" if payment or row.get("退款状态") == TAKEN_IN else row.get("退款状态", ""),
        direction="credit" if payment else "debit",
    )


def flow(body: bytes) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Every change of the account. The opening is what the first line leaves without itself; the last balance must follow from it."""
    rows, totals = table(body, FLOW_COLUMNS)
    lines = tuple(flow_line(place, row) for place, row in enumerate(rows, start=1))
    sums: dict[str, int] = {}
    for name, direction in DIRECTIONS.items():
        chosen = [fen(row, "收支金额(元)") for row in rows if row["收支类型"] == name]
        sums |= {f"{direction}_count": len(chosen), f"{direction}_fen": sum(chosen)}
    stated = {"credit_count": count(totals, "收入笔数"), "credit_fen": fen(totals, "收入金额"), "debit_count": count(totals, "支出笔数")}
    agree(sums, stated | {"debit_fen": fen(totals, "支出金额")})
    if len(lines) != count(totals, "资金流水总笔数"):
        raise StatementBroken("summary: lines")
    return lines, sums | balances(rows)


def balances(rows: list[Row]) -> dict[str, int]:
    if not rows:
        return {}
    signed = [change(row) for row in rows]
    opening, closing = fen(rows[0], "账户结余(元)") - signed[0], fen(rows[-1], "账户结余(元)")
    if opening + sum(signed) != closing:
        raise StatementBroken("opening + lines is not the closing")
    return {"opening_fen": opening, "closing_fen": closing}


def flow_line(place: int, row: Row) -> StatementLine:
    if row["收支类型"] not in DIRECTIONS:
        raise StatementBroken(f"line {place}: direction")
    kind = KINDS.get(row["业务类型"], "other")
    if kind == "payout" and DIRECTIONS[row["收支类型"]] == "credit":
        kind = "payout_return"
    amount_fen, fee_fen = refunded(row) if kind == "refund" else (fen(row, "收支金额(元)"), 0)
    return StatementLine(
        line_no=place,
        booked_at=instant(row["记账时间"]),
        kind=kind,
        request_no=request_no(row["业务凭证号"]) if kind in ORDERS_HERE else row["业务凭证号"],
        channel_no=row["微信支付业务单号"],
        original_request_no="",
        amount_fen=amount_fen,
        fee_fen=fee_fen,
        currency=CNY.code,
        status="BOOK",
        direction=DIRECTIONS[row["收支类型"]],
        bank_code=row["业务类型"][:16],
    )


def refunded(row: Row) -> tuple[int, int]:
    """A refund's whole amount and the fee that came back with it (negative), where the account books both in one sum."""
    moved, said = fen(row, "收支金额(元)"), WITH_FEE.search(row.get("备注", ""))
    if said is None:
        return moved, 0
    whole, back = CNY.minor(Decimal(said[1])), CNY.minor(Decimal(said[2]))
    return (whole, -back) if whole - back == moved else (moved, 0)


def change(row: Row) -> int:
    """What a line adds to the account."""
    moved = fen(row, "收支金额(元)")
    return moved if DIRECTIONS[row["收支类型"]] == "credit" else -moved


def table(body: bytes, needed: Iterable[str]) -> tuple[list[Row], Row]:
    """The rows by column, and the totals. Raises StatementBroken for any other shape."""
    try:
        found = [line for line in body.decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as problem:
        raise StatementBroken("not UTF-8") from problem
    if len(found) < 3 or found[0].startswith(MARK) or found[-2].startswith(MARK):
        raise StatementBroken("header or summary")
    names, heads = columns(found[0]), columns(found[-2])
    if missing := sorted(set(needed) - set(names)):
        raise StatementBroken(f"columns: {', '.join(missing)}")
    return [fields(names, line) for line in found[1:-2]], fields(heads, found[-1])


def columns(line: str) -> list[str]:
    """Names of columns, whichever brackets the bill writes them with."""
    return [name.strip().translate(BRACKETS) for name in line.split(",")]


def fields(names: list[str], line: str) -> Row:
    """A line's fields stand between backticks, since a name of goods may have commas of its own."""
    values = line.strip().removeprefix(MARK).split(f",{MARK}")
    if not line.startswith(MARK) or len(values) != len(names):
        raise StatementBroken("columns")
    return dict(zip(names, (value.strip() for value in values), strict=True))


def decimal(row: Row, name: str) -> Decimal:
    try:
        value = Decimal(row[name])
    except (KeyError, InvalidOperation) as problem:
        raise StatementBroken(name) from problem
    if not value.is_finite():
        raise StatementBroken(name)
    return value


def fen(row: Row, name: str) -> int:
    try:
        return CNY.minor(decimal(row, name))
    except ValueError as problem:
        raise StatementBroken(name) from problem


def fee(row: Row, name: str) -> int:
    """Fees are written to five decimals; they are charged in whole fen."""
    return CNY.minor(decimal(row, name), Rounding.HALF_UP)


def count(row: Row, name: str) -> int:
    """A count, written as `2` or `2.0`."""
    value = decimal(row, name)
    if value != value.to_integral_value():
        raise StatementBroken(name)
    return int(value)


def agree(sums: dict[str, int], stated: dict[str, int]) -> None:
    wrong = sorted(name for name, value in stated.items() if sums[name] != value)
    if wrong:
        raise StatementBroken(f"summary: {', '.join(wrong)}")


def instant(value: str) -> datetime:
    try:
        return datetime.strptime(value, WHEN).replace(tzinfo=SHANGHAI)
    except ValueError as problem:
        raise StatementBroken("time") from problem
