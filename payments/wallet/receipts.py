"""A receipt as lines of a label and a value, for the page to print and the PDF alike; times are Shanghai's, amounts yuan."""

from dataclasses import dataclass
from datetime import datetime

from core.clock import queries as clock
from core.money import CNY
from payments.wallet.queries import Person
from payments.wallet.statement import Movement

LABELS = {
    "en": {
        "title": "Receipt",
        "kind": "Kind",
        "time": "Time",
        "business_day": "Business day",
        "holder": "Account holder",
        "counterparty": "Counterparty",
        "card": "Card",
        "fee": "Of which fee",
        "remark": "Remark",
        "balance": "Balance after",
        "order": "Order",
        "journal": "Journal",
        "printed": "Printed",
    },
    "zh": {
        "title": "电子回单",
        "kind": "类型",
        "time": "时间",
        "business_day": "营业日",
        "holder": "本方",
        "counterparty": "对方",
        "card": "银行卡",
        "fee": "其中手续费",
        "remark": "备注",
        "balance": "余额",
        "order": "订单号",
        "journal": "凭证号",
        "printed": "打印时间",
    },
}
SIGNS = {"in": "+", "out": "−"}


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, in one language; `lines` are (label, value) without the empty ones."""

    language: str
    number: str
    title: str
    amount: str
    lines: list[tuple[str, str]]
    printed: str
    printed_at: datetime


def receipt(movement: Movement, *, holder: Person, language: str, at: datetime) -> Receipt:
    """The receipt of a movement of `holder`, both sides masked, printed at `at`; Chinese for a zh language, else English."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    labels = LABELS[tongue]
    values = {
        "kind": movement.title_zh if tongue == "zh" else movement.title_en,
        "time": f"{local_time(movement.posted_at)} (Asia/Shanghai)",
        "business_day": movement.business_on.isoformat(),
        "holder": named(holder),
        "counterparty": named(movement.counterparty) if movement.counterparty else movement.party,
        "card": movement.card,
        "fee": yuan(movement.fee) if movement.fee else "",
        "remark": movement.remark,
        "balance": yuan(movement.balance_after),
        "order": movement.reference,
        "journal": movement.public_id,
    }
    return Receipt(
        language=tongue,
        number=movement.public_id,
        title=labels["title"],
        amount=SIGNS[movement.side] + yuan(movement.amount),
        lines=[(labels[name], value) for name, value in values.items() if value],
        printed=f"{labels['printed']} {local_time(at)}",
        printed_at=at,
    )


def named(person: Person) -> str:
    return f"{person.name} {person.phone}".strip()


def yuan(fen: int) -> str:
    return f"{CNY.major(fen):.2f} {CNY.code}"


def local_time(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}"
