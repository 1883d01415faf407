"""Reading the books: balances, statement lines, journals, holds. Amounts are signed minor units, credit positive."""

from dataclasses import dataclass
from uuid import UUID

from accounts.ledger.accounts import AccountRef
from accounts.ledger.calls import call

BALANCE = """
SELECT coalesce(sum(posted), 0)::bigint + (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_pending WHERE account_id = %s),
  coalesce(sum(held), 0)::bigint
FROM ledger_balance WHERE account_id = %s
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Minor units: `posted` is the true balance (pending legs of a buffered account included), `held` is set aside on
    it, `available` is what a debit may still take: posted - held."""

    posted: int
    held: int

    @property
    def available(self) -> int:
        return self.posted - self.held


def balance(account: AccountRef | UUID) -> Balance:
    """What stands on an account now; an account nobody opened has nothing on it."""
    key = account if isinstance(account, UUID) else account.id
    posted, held = call(BALANCE, (key, key))
    return Balance(posted, held)
