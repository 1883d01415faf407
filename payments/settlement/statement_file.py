"""The statement of a settlement as a file: a line an order, refund, split, dispute or correction, then what became of their sum."""

from collections.abc import Iterator

from core.clock import queries as clock
from payments.settlement import queries
from payments.settlement.files import File, written, yuan
from payments.settlement.models import Settlement, SettlementLine

HEADERS = {
    "en": [
        "time", "kind", "number", "your number", "order", "amount (CNY)", "fee (CNY)", "from settled money (CNY)", "net (CNY)", "journal",
    ],
    "zh": ["时间", "类型", "业务单号", "商户单号", "支付订单号", "金额(元)", "手续费(元)", "由已结算款项承担(元)", "净额(元)", "凭证号"],
}  # fmt: skip
KINDS = {
    "en": {"order": "order", "refund": "refund", "split": "split", "dispute": "dispute", "adjustment": "correction"},
    "zh": {"order": "订单", "refund": "退款", "split": "分账", "dispute": "争议", "adjustment": "调账"},
}
SUMS = {
    "en": {
        "net_fen": "net of the day", "opening_fen": "left by earlier days", "kept_fen": "waiting for splits", "moved_fen": "settled",
        "left_fen": "left for later days", "reserved_fen": "kept back", "released_fen": "released of what was kept back",
        "spare_fen": "carried from earlier settlements", "payout_fen": "to be paid out",
    },
    "zh": {
        "net_fen": "当日净额", "opening_fen": "前期未结", "kept_fen": "待分账", "moved_fen": "本期结算", "left_fen": "结转下期",
        "reserved_fen": "留存保证金", "released_fen": "释放保证金", "spare_fen": "前期结转", "payout_fen": "应出款",
    },
}  # fmt: skip
PAGE = 2000


def statement(settlement: Settlement, language: str) -> File:
    """In Chinese or English. Its sums are those of the settlement."""
    return written(rows(settlement, "zh" if language.lower().startswith("zh") else "en"))


def rows(settlement: Settlement, tongue: str) -> Iterator[list[str]]:
    yield HEADERS[tongue]
    for line in queries.lines(settlement.id).iterator(chunk_size=PAGE):
        yield cells(line, tongue)
    for name, words in SUMS[tongue].items():
        yield ["", words, settlement.public_id, "", "", "", "", "", yuan(getattr(settlement, name)), ""]


def cells(line: SettlementLine, tongue: str) -> list[str]:
    return [
        f"{clock.local(line.posted_at):%Y-%m-%d %H:%M:%S}",
        KINDS[tongue][line.kind],
        line.reference,
        line.out_no,
        line.order_public_id or "",
        yuan(line.amount_fen),
        yuan(line.fee_fen),
        yuan(line.covered_fen),
        yuan(line.net_fen),
        line.journal_public_id,
    ]
