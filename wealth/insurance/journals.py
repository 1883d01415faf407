"""The journals of insurance, by the number the floor knows them by.

| no | event | entries |
| --- | --- | --- |
| W2i | wealth.confirmed | product:payments -> product:issuer, and income:product_fee: the first premium |
| W2i | wealth.premium | product:premiums -> product:issuer, and income:product_fee: later ones |
| W13 | wealth.policy_paid_out | product:issuer -> user:balance |
| W14 | wealth.premium_taken | user:balance -> product:premiums; one paid at the cashier is its journal's |
"""

from uuid import UUID

from accounts.ledger.accounts import AccountRef, customer_account, owned_account
from accounts.ledger.legs import Leg, credit, debit
from wealth.catalog import accounts

PREMIUMS = "product:premiums"
PREMIUM = "wealth.premium"
PREMIUM_TAKEN = "wealth.premium_taken"
PAID_OUT = "wealth.policy_paid_out"
AT_CASHIER = "cashier.paid"


def premiums(product_id: UUID) -> AccountRef:
    """Later premiums that were paid and the insurer has not taken yet."""
    return owned_account(product_id, PREMIUMS)


def to_insurer(product_id: UUID, gave: Leg, fee_fen: int) -> list[Leg]:
    """W2i: what is not our fee is owed to the insurer."""
    own = [credit(accounts.fees(), fee_fen)] if fee_fen else []
    return [gave, credit(accounts.issuer(product_id), -gave.amount - fee_fen), *own]


def first_premium(product_id: UUID, amount_fen: int, fee_fen: int) -> list[Leg]:
    return to_insurer(product_id, debit(accounts.payments(product_id), amount_fen), fee_fen)


def premium(product_id: UUID, amount_fen: int, fee_fen: int) -> list[Leg]:
    return to_insurer(product_id, debit(premiums(product_id), amount_fen), fee_fen)


def premium_taken(product_id: UUID, customer_id: UUID, amount_fen: int) -> list[Leg]:
    """W14."""
    return [debit(customer_account(customer_id), amount_fen), credit(premiums(product_id), amount_fen)]


def paid_out(product_id: UUID, customer_id: UUID, amount_fen: int) -> list[Leg]:
    """W13."""
    return [debit(accounts.issuer(product_id), amount_fen), credit(customer_account(customer_id), amount_fen)]
