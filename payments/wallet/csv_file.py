"""A statement as CSV that opens right in a spreadsheet and cannot make it run anything."""

import csv
from collections.abc import Iterable, Iterator

from core.clock import queries as clock
from core.money import CNY
from payments.wallet.statement import Movement

BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADERS = {
    "en": [
        "time",
        "business day",
        "kind",
        "direction",
        "amount (CNY)",
        "balance (CNY)",
        "counterparty",
        "card",
        "remark",
        "order",
        "receipt",
    ],
    "zh": ["时间", "营业日", "类型", "方向", "金额(元)", "余额(元)", "对方", "银行卡", "备注", "订单号", "凭证号"],
}
SIDES = {"en": {"in": "in", "out": "out"}, "zh": {"in": "收入", "out": "支出"}}


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(cell: str) -> str:
    """The cell as plain text: one that a spreadsheet would run as a formula gets a quote before it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) else cell


def rows(movements: Iterable[Movement], language: str) -> Iterator[str]:
    """The file's lines, the byte order mark first. Times are Shanghai's, amounts yuan with two decimals."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    writer = csv.writer(Echo())
    yield BOM + writer.writerow(HEADERS[tongue])
    for movement in movements:
        yield writer.writerow([safe(cell) for cell in cells(movement, tongue)])


def cells(movement: Movement, tongue: str) -> list[str]:
    return [
        f"{clock.local(movement.posted_at):%Y-%m-%d %H:%M:%S}",
        movement.business_on.isoformat(),
        movement.title_zh if tongue == "zh" else movement.title_en,
        SIDES[tongue][movement.side],
        f"{CNY.major(movement.amount):.2f}",
        f"{CNY.major(movement.balance_after):.2f}",
        movement.counterparty.name if movement.counterparty else movement.party,
        movement.card,
        movement.remark,
        movement.reference,
        movement.public_id,
    ]
