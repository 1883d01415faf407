"""Banks and their BINs. The BINs begin with 99 and belong to nobody: no real card has such a number."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["debit", "credit"]


@dataclass(frozen=True)
class Bank:
    """A card issuer: debit cards have 19 digits, credit cards 16."""

    index: int
    code: str
    name: str
    name_zh: str
    supported: bool = True

    def bin(self, kind: Kind) -> str:
        """Six digits: 99, the bank's two digits, 10 for debit or 20 for credit."""
        return f"99{self.index:02d}{'10' if kind == 'debit' else '20'}"


BANKS = (
    Bank(1, "ICBC", "Industrial and Commercial Bank of China", "中国工商银行"),
    Bank(2, "ABC", "Agricultural Bank of China", "中国农业银行"),
    Bank(3, "BOC", "Bank of China", "中国银行"),
    Bank(4, "CCB", "China Construction Bank", "中国建设银行"),
    Bank(5, "BOCOM", "Bank of Communications", "交通银行"),
    Bank(6, "PSBC", "Postal Savings Bank of China", "中国邮政储蓄银行"),
    Bank(7, "CMB", "China Merchants Bank", "招商银行"),
    Bank(8, "CITIC", "China CITIC Bank", "中信银行"),
    Bank(9, "CEB", "China Everbright Bank", "中国光大银行"),
    Bank(10, "CMBC", "China Minsheng Bank", "中国民生银行"),
    Bank(11, "SPDB", "Shanghai Pudong Development Bank", "浦发银行"),
    Bank(12, "CIB", "Industrial Bank", "兴业银行"),
    Bank(13, "FARB", "Far Away Bank (unsupported)", "远方银行（不支持）", supported=False),
)

_KINDS: tuple[Kind, ...] = ("debit", "credit")
BINS: dict[str, tuple[Bank, Kind]] = {bank.bin(kind): (bank, kind) for bank in BANKS for kind in _KINDS}
BY_CODE: dict[str, Bank] = {bank.code: bank for bank in BANKS}


def issuer(card_number: str) -> tuple[Bank, Kind] | None:
    """The bank and kind of a card number, None for an unknown BIN."""
    return BINS.get(card_number[:6])
