"""The accounts of debts, all in yuan: principal of each line, what came up on it of each product, and what that earned."""

from uuid import UUID

from accounts.ledger.accounts import AccountRef, owned_account, platform_account
from credit.debts.states import Toward

PRINCIPAL = "credit:principal"
CHARGES = {Toward.INTEREST: "credit:interest", Toward.FEE: "credit:fees", Toward.PENALTY: "credit:penalties"}
INCOME = {Toward.INTEREST: "income:credit_interest", Toward.FEE: "income:credit_fee", Toward.PENALTY: "income:credit_penalty"}


def principal(line_id: UUID) -> AccountRef:
    """What is owed of principal on one line."""
    return owned_account(line_id, PRINCIPAL)


def charge(product_id: UUID, toward: Toward) -> AccountRef:
    """What came up of interest, fees or penalties on a product's debts and is not paid."""
    return owned_account(product_id, CHARGES[toward])


def income(toward: Toward) -> AccountRef:
    return platform_account(INCOME[toward])
