"""The journals of crowdfunding, by the number the floor knows them by. Pledges wait at product:payments, as every paid order; what fails
goes back from there (W9, by refunds).

| no | event | entries |
| --- | --- | --- |
| W2c | wealth.confirmed | product:payments -> product:holdings: a pledge of a successful campaign |
| W30 | wealth.milestone_paid | product:holdings -> user:balance of the creator, and income:product_fee |
"""

from uuid import UUID

from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit
from wealth.catalog import accounts

MILESTONE_PAID = "wealth.milestone_paid"


def pledged(product_id: UUID, amount_fen: int) -> list[Leg]:
    """W2c."""
    return [debit(accounts.payments(product_id), amount_fen), credit(accounts.holdings(product_id), amount_fen)]


def milestone_paid(product_id: UUID, creator_id: UUID, amount_fen: int, fee_fen: int) -> list[Leg]:
    """W30."""
    legs = [debit(accounts.holdings(product_id), amount_fen + fee_fen)]
    if amount_fen:
        legs.append(credit(customer_account(creator_id), amount_fen))
    if fee_fen:
        legs.append(credit(accounts.fees(), fee_fen))
    return legs
