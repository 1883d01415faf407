"""The legs of journals of money funds. `debit` takes from an account, `credit` gives to it; all accounts are the product's.

| no | event | entries |
| --- | --- | --- |
| W2 | wealth.confirmed | product:payments -> product:holdings, and the fee to income:product_fee |
| W3 | wealth.income | product:issuer -> product:holdings; a loss, and what is taken back, the other way |
| W4 | wealth.redeemed | product:holdings -> product:payouts, and the fee to income:product_fee |
| W7 | wealth.fast_settled | product:holdings -> product:advance |
"""

import uuid

from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from wealth.catalog import accounts

CONFIRMED = "wealth.confirmed"
INCOME = "wealth.income"
REDEEMED = "wealth.redeemed"
FAST_SETTLED = "wealth.fast_settled"


def less_fee(gave: Leg, fee_fen: int) -> list[Leg]:
    """What a debit gives beside its fee is the caller's."""
    return [gave, credit(platform_account(accounts.FEES), fee_fen)] if fee_fen else [gave]


def confirmed(*, product_id: uuid.UUID, amount_fen: int, fee_fen: int) -> list[Leg]:
    """W2."""
    return [*less_fee(debit(accounts.payments(product_id), amount_fen), fee_fen), credit(accounts.holdings(product_id), amount_fen - fee_fen)]


def income(*, product_id: uuid.UUID, income_fen: int) -> list[Leg]:
    """W3; no legs for nothing."""
    if not income_fen:
        return []
    return [Leg(accounts.issuer(product_id), -income_fen), Leg(accounts.holdings(product_id), income_fen)]


def redeemed(*, product_id: uuid.UUID, units_fen: int, fee_fen: int) -> list[Leg]:
    """W4."""
    return [*less_fee(debit(accounts.holdings(product_id), units_fen), fee_fen), credit(accounts.payouts(product_id), units_fen - fee_fen)]


def fast_settled(*, product_id: uuid.UUID, units_fen: int) -> list[Leg]:
    """W7."""
    return [debit(accounts.holdings(product_id), units_fen), credit(accounts.advance(product_id), units_fen)]
