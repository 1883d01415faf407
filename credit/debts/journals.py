"""The legs of journals of debts. `debit` adds to what is owed us, `credit` takes from it.

| no | event | debit -> credit |
| --- | --- | --- |
| C2 | credit.drawn | credit:principal -> user:balance |
| C3 | credit.come_up | credit:interest, credit:fees, credit:penalties -> income of each; one a product and day, the other way where less
came up than was booked |
| C4 | credit.repaid | user:balance -> credit:principal, credit:interest, credit:fees, credit:penalties |
"""

from collections.abc import Mapping
from uuid import UUID

from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Leg, credit, debit
from credit.debts import accounts
from credit.debts.states import Toward

DRAWN, COME_UP, REPAID = "credit.drawn", "credit.come_up", "credit.repaid"


def drawn(*, line_id: UUID, customer_id: UUID, amount_fen: int) -> list[Leg]:
    """C2."""
    return [debit(accounts.principal(line_id), amount_fen), credit(customer_account(customer_id), amount_fen)]


def come_up(*, product_id: UUID, changes: Mapping[Toward, int]) -> list[Leg]:
    """C3: how much more (or less) of each charge is owed than the books say."""
    legs: list[Leg] = []
    for toward, fen in changes.items():
        owed, earned = accounts.charge(product_id, toward), accounts.income(toward)
        if fen > 0:
            legs += [debit(owed, fen), credit(earned, fen)]
        elif fen < 0:
            legs += [debit(earned, -fen), credit(owed, -fen)]
    return legs


def repaid(*, line_id: UUID, product_id: UUID, customer_id: UUID, parts: Mapping[Toward, int]) -> list[Leg]:
    """C4: `parts` in fen, each at least 1."""
    legs = [debit(customer_account(customer_id), sum(parts.values()))]
    for toward, fen in parts.items():
        account = accounts.principal(line_id) if toward == Toward.PRINCIPAL else accounts.charge(product_id, toward)
        legs.append(credit(account, fen))
    return legs
