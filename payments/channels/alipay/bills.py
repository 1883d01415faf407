"""Bills of Alipay: a ZIP of GBK files with commas, yuan, comments behind # and totals in the last of them.

A bill carries no digest: it is believed only when its own totals are those of its lines, and every field has its form.
"""

import csv
import io
import re
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from core.money import CNY
from payments.channels.alipay.answers import Unreadable, code_of, done, text
from payments.channels.alipay.client import SHANGHAI, WHEN
from payments.channels.port import ChannelUnreachable, StatementBroken, StatementFile, StatementLine
from payments.channels.transport import Answer

NONE = frozenset({"isp.bill_not_exist", "BILL_NOT_EXIST", "isv.bill-not-exist"})
LARGEST = 256 * 1024 * 1024
BRACKETS = {0xFF08: "(", 0xFF09: ")", 0xFF1A: ":", 0xFF0C: ","}
SUMMARY = "汇总"
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)
TRADES_TOTAL = re.compile(r"#交易合计:(\d+)笔,商家实收共(-?[\d.]+)元")
REFUNDS_TOTAL = re.compile(r"#退款合计:(\d+)笔,商家实收退款共(-?[\d.]+)元")
OUT_TOTAL = re.compile(r"#支出合计:(\d+)笔,共(-?[\d.]+)元")
IN_TOTAL = re.compile(r"#收入合计:(\d+)笔,共(-?[\d.]+)元")
KINDS = {
    "在线支付": "payment",
    "交易付款": "payment",
    "退款": "refund",
    "交易退款": "refund",
    "收费": "fee",
    "服务费": "fee",
    "退费": "fee",
    "转账": "payout",
    "提现": "withdrawal",
}
ORDERS_HERE = frozenset({"payout", "payout_return"})
"""What the list of orders has not: transfers."""
Row = dict[str, str]


def path(told: dict[str, Any], bill_url: str) -> str | None:
    """Where a bill lies, behind the address that settings name; None: there is no bill of that day. Raises ChannelUnreachable,
    StatementBroken."""
    if not done(told):
        if code_of(told) in NONE:
            return None
        raise ChannelUnreachable(code_of(told))
    try:
        where = urlsplit(text(told, "bill_download_url"))
    except (Unreadable, ValueError) as problem:
        raise StatementBroken("bill_download_url") from problem
    if where.netloc != urlsplit(bill_url).netloc:
        raise StatementBroken("bill_download_url")
    return f"{where.path}?{where.query}"


def read(answer: Answer, *, day: date, kind: str) -> StatementFile:
    """Raises StatementBroken, ChannelUnreachable."""
    if answer.status != 200:
        raise ChannelUnreachable(f"http_{answer.status}")
    rows, comments = table(unpacked(answer.body))
    lines, summary = {"payments": trades, "account": flow}[kind](rows, comments)
    digest = sha256(answer.body).hexdigest()
    return StatementFile(day, kind, "csv", answer.body, digest, lines, summary, ORDERS_HERE if kind == "account" else frozenset())


def unpacked(body: bytes) -> str:
    """The one file of details in the archive. Names in it are GBK without saying so."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            wanted = [entry for entry in archive.infolist() if not entry.is_dir() and SUMMARY not in name_of(entry)]
            if len(wanted) != 1 or wanted[0].file_size > LARGEST:
                raise StatementBroken("archive")
            return archive.read(wanted[0]).decode("gb18030")
    except BROKEN as problem:
        raise StatementBroken("archive") from problem


def name_of(entry: zipfile.ZipInfo) -> str:
    utf8 = entry.flag_bits & 0x800
    return entry.filename if utf8 else entry.filename.encode("cp437", "replace").decode("gb18030", "replace")


def table(content: str) -> tuple[list[Row], str]:
    """The rows by column, and the comments with one width of punctuation. Raises StatementBroken for any other shape."""
    comments, data = [], []
    for line in content.splitlines():
        if line.startswith("#"):
            comments.append(line.translate(BRACKETS))
        elif line.strip():
            data.append(line)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(data, strict=True)]
    except csv.Error as problem:
        raise StatementBroken("not CSV") from problem
    if not rows:
        raise StatementBroken("header")
    names = [name.translate(BRACKETS) for name in rows[0]]
    if any(len(row) != len(names) for row in rows):
        raise StatementBroken("columns")
    return [dict(zip(names, row, strict=True)) for row in rows[1:]], "\n".join(comments)


def trades(rows: list[Row], comments: str) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Orders and refunds; `net_fen` is what they leave after fees."""
    lines = tuple(trade_line(place, row) for place, row in enumerate(rows, start=1))
    sums = {"lines": len(lines), "fee_fen": sum(line.fee_fen for line in lines)}
    for kind, name, total in (("payment", "交易", TRADES_TOTAL), ("refund", "退款", REFUNDS_TOTAL)):
        chosen = [line.amount_fen for line in lines if line.kind == kind]
        received = [fen(row, "商家实收(元)") for row in rows if row["业务类型"] == name]
        stated(comments, total, len(received), sum(received))
        sums |= {f"{kind}_count": len(chosen), f"{kind}_fen": sum(chosen)}
    return lines, sums | {"net_fen": sums["payment_fen"] - sums["refund_fen"] - sums["fee_fen"]}


def trade_line(place: int, row: Row) -> StatementLine:
    kind = {"交易": "payment", "退款": "refund"}.get(field(row, "业务类型"))
    if kind is None:
        raise StatementBroken(f"line {place}: {row['业务类型']}")
    return StatementLine(
        line_no=place,
        booked_at=instant(row, "完成时间"),
        kind=kind,
        request_no=field(row, "商户订单号" if kind == "payment" else "退款批次号/请求号"),
        channel_no=field(row, "支付宝交易号"),
        original_request_no="" if kind == "payment" else field(row, "商户订单号"),
        amount_fen=abs(fen(row, "订单金额(元)")),
        fee_fen=-fen(row, "服务费(元)"),
        currency=CNY.code,
        status="SUCCESS",
        direction="credit" if kind == "payment" else "debit",
    )


def flow(rows: list[Row], comments: str) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Every change of the account, oldest first, whichever way the file has them; the balance must run through all of them."""
    ordered = in_order(rows)
    lines = tuple(flow_line(place, row) for place, row in enumerate(ordered, start=1))
    sums: dict[str, int] = {}
    for direction, total in (("credit", IN_TOTAL), ("debit", OUT_TOTAL)):
        chosen = [line.amount_fen for line in lines if line.direction == direction]
        stated(comments, total, len(chosen), sum(chosen))
        sums |= {f"{direction}_count": len(chosen), f"{direction}_fen": sum(chosen)}
    if not ordered:
        return lines, sums
    opening = fen(ordered[0], "账户余额(元)") - change(ordered[0])
    return lines, sums | {"opening_fen": opening, "closing_fen": fen(ordered[-1], "账户余额(元)")}


def in_order(rows: list[Row]) -> list[Row]:
    for chosen in (rows, rows[::-1]):
        if all(fen(before, "账户余额(元)") + change(after) == fen(after, "账户余额(元)") for before, after in pairwise(chosen)):
            return chosen
    raise StatementBroken("the balance does not run through the lines")


def change(row: Row) -> int:
    """What a line adds to the account; spendings are written with or without their sign."""
    return fen(row, "收入金额(+元)") - abs(fen(row, "支出金额(-元)"))


def flow_line(place: int, row: Row) -> StatementLine:
    amount_fen = change(row)
    kind = KINDS.get(field(row, "业务类型"), "other")
    return StatementLine(
        line_no=place,
        booked_at=instant(row, "发生时间"),
        kind="payout_return" if kind == "payout" and amount_fen > 0 else kind,
        request_no=field(row, "商户订单号"),
        channel_no=field(row, "业务流水号"),
        original_request_no="",
        amount_fen=abs(amount_fen),
        fee_fen=0,
        currency=CNY.code,
        status="BOOK",
        direction="credit" if amount_fen >= 0 else "debit",
        bank_code=row["业务类型"][:16],
    )


def stated(comments: str, total: re.Pattern[str], count: int, sum_fen: int) -> None:
    """Raises StatementBroken unless the file's own count and total are these."""
    found = total.search(comments)
    if found is None:
        raise StatementBroken("summary: missing")
    if int(found[1]) != count or abs(minor(found[2], "summary")) != abs(sum_fen):
        raise StatementBroken(f"summary: {found[0]}")


def field(row: Row, name: str) -> str:
    if name not in row:
        raise StatementBroken(f"columns: {name}")
    return row[name]


def fen(row: Row, name: str) -> int:
    return minor(field(row, name), name)


def minor(value: str, name: str) -> int:
    try:
        return CNY.minor(Decimal(value))
    except (InvalidOperation, ValueError, OverflowError) as problem:
        raise StatementBroken(name) from problem


def instant(row: Row, name: str) -> datetime:
    try:
        return datetime.strptime(field(row, name), WHEN).replace(tzinfo=SHANGHAI)
    except ValueError as problem:
        raise StatementBroken(name) from problem
