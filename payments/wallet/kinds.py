"""How the ledger's events read on a customer's statement."""

from dataclasses import dataclass

from django.db import models

from payments.wallet import journals


class Kind(models.TextChoices):
    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_BACK = "withdrawal_back"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    TRANSFER_BACK = "transfer_back"
    OTHER = "other"


@dataclass(frozen=True)
class Sort:
    """Which entries are of a kind: the journal's event, and the sign of the amount where one event has two sides."""

    events: tuple[str, ...]
    sign: int
    en: str
    zh: str


SORTS: dict[Kind, Sort] = {
    Kind.TOP_UP: Sort((journals.TOP_UP, journals.TOP_UP_CREDITED), +1, "Top-up", "充值"),
    Kind.WITHDRAWAL: Sort((journals.WITHDRAWAL_SENT,), -1, "Withdrawal", "提现"),
    Kind.WITHDRAWAL_BACK: Sort((journals.WITHDRAWAL_BACK,), +1, "Withdrawal given back", "提现退回"),
    Kind.TRANSFER_OUT: Sort((journals.TRANSFER, journals.TRANSFER_OUT), -1, "Transfer to", "转账给"),
    Kind.TRANSFER_IN: Sort((journals.TRANSFER, journals.TRANSFER_IN), +1, "Transfer from", "收到转账"),
    Kind.TRANSFER_BACK: Sort((journals.TRANSFER_BACK,), +1, "Transfer given back", "转账退回"),
}
OWN_EVENTS = sorted({event for sort in SORTS.values() for event in sort.events})


def kind_of(event: str, amount: int) -> Kind:
    """The kind of one entry by its journal's event and its sign; `other` for movements of upper floors."""
    for kind, sort in SORTS.items():
        if event in sort.events and amount * sort.sign > 0:
            return kind
    return Kind.OTHER


def title(kind: Kind, language: str) -> str:
    """The kind in words."""
    sort = SORTS.get(kind)
    chinese = language.lower().startswith("zh")
    if sort is None:
        return "其他" if chinese else "Other"
    return sort.zh if chinese else sort.en
