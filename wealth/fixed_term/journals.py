"""The legs of journals of fixed terms. `debit` takes from an account, `credit` gives to it.

| no | event | entries |
| --- | --- | --- |
| W2 | wealth.confirmed | product:payments -> product:holdings, and the fee to income:product_fee |
| W4 | wealth.redeemed | product:holdings (principal), product:issuer (interest) -> product:payouts, and income:product_fee |
| W10 | wealth.matured | product:holdings (principal), product:issuer (interest) -> product:payouts, one a run |
| W5 | wealth.maturity_paid | product:payouts -> user:balance, one a lot |
| W11 | wealth.rolled | product:issuer -> product:holdings: interest that becomes principal, one a run |
"""

from uuid import UUID

from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit
from wealth.catalog import accounts
from wealth.current.journals import CONFIRMED, REDEEMED, confirmed

MATURED, MATURITY_PAID, ROLLED = "wealth.matured", "wealth.maturity_paid", "wealth.rolled"
__all__ = ["CONFIRMED", "REDEEMED", "confirmed"]


def left_early(*, product_id: UUID, principal_fen: int, interest_fen: int, fee_fen: int) -> list[Leg]:
    """W4."""
    legs = [
        debit(accounts.holdings(product_id), principal_fen),
        credit(accounts.payouts(product_id), principal_fen + interest_fen - fee_fen),
    ]
    legs += [debit(accounts.issuer(product_id), interest_fen)] if interest_fen else []
    return legs + ([credit(accounts.fees(), fee_fen)] if fee_fen else [])


def matured(*, product_id: UUID, principal_fen: int, interest_fen: int) -> list[Leg]:
    """W10."""
    legs = [credit(accounts.payouts(product_id), principal_fen + interest_fen)]
    legs += [debit(accounts.holdings(product_id), principal_fen)] if principal_fen else []
    return legs + ([debit(accounts.issuer(product_id), interest_fen)] if interest_fen else [])


def paid(*, product_id: UUID, customer_id: UUID, amount_fen: int) -> list[Leg]:
    """W5 of a maturity."""
    return [debit(accounts.payouts(product_id), amount_fen), credit(customer_account(customer_id), amount_fen)]


def rolled(*, product_id: UUID, interest_fen: int) -> list[Leg]:
    """W11."""
    return [debit(accounts.issuer(product_id), interest_fen), credit(accounts.holdings(product_id), interest_fen)]
