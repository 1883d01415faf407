"""The trial balance of a period, worked out from today's balances backwards: it costs what was posted since, not all history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

SQL = """
WITH since AS (
  SELECT account_id, amount, effective_on FROM ledger_entry WHERE effective_on >= %(first)s
  UNION ALL SELECT account_id, amount, effective_on FROM ledger_pending WHERE effective_on >= %(first)s
), moved AS (
  SELECT account.role, account.asset,
    coalesce(sum(-amount) FILTER (WHERE amount < 0 AND effective_on <= %(last)s), 0) AS debit,
    coalesce(sum(amount) FILTER (WHERE amount > 0 AND effective_on <= %(last)s), 0) AS credit,
    coalesce(sum(amount) FILTER (WHERE effective_on > %(last)s), 0) AS later
  FROM since JOIN ledger_account account ON account.id = since.account_id GROUP BY 1, 2
), stands AS (
  SELECT account.role, account.asset, sum(amount) AS amount FROM (
    SELECT account_id, posted AS amount FROM ledger_balance UNION ALL SELECT account_id, amount FROM ledger_pending
  ) own JOIN ledger_account account ON account.id = own.account_id GROUP BY 1, 2
)
SELECT role, asset, stands.amount - coalesce(later, 0) - coalesce(credit, 0) + coalesce(debit, 0),
  coalesce(debit, 0), coalesce(credit, 0), stands.amount - coalesce(later, 0)
FROM stands LEFT JOIN moved USING (role, asset) ORDER BY role, asset
"""


@dataclass(frozen=True)
class Line:
    """One role and asset, minor units: `opening` and `closing` credit positive, `debit` and `credit` both counted positive."""

    role: str
    asset: str
    opening: int
    debit: int
    credit: int
    closing: int

    @property
    def whole(self) -> bool:
        """For a total: as many debits as credits, and nothing left over."""
        return self.debit == self.credit and self.opening == 0 and self.closing == 0


def balance(first: date, last: date) -> list[Line]:
    """Every role's opening before `first`, movements with an effective date from `first` through `last`, and closing after `last`."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"first": first, "last": last})
        return [Line(role, asset, *(int(value) for value in rest)) for role, asset, *rest in cursor.fetchall()]


def totals(lines: Sequence[Line]) -> list[Line]:
    """One line an asset."""
    found = []
    for asset in sorted({line.asset for line in lines}):
        of = [line for line in lines if line.asset == asset]
        sums = (sum(getattr(line, column) for line in of) for column in ("opening", "debit", "credit", "closing"))
        found.append(Line("", asset, *sums))
    return found


def named(name: str) -> Q | None:
    """A platform account by its name, as a condition; null for what cannot be one."""
    return Q(name=name, owner_id=None) if ":" in name else None
