"""The books as Beancount text (https://beancount.github.io, version 2 and 3 syntax): opening balances, journals, closing balances.

Beancount counts debits positive, so every amount is the negative of the one inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from accounts.ledger.models import Journal, LedgerAccount

ROOTS = {"asset": "Assets", "liability": "Liabilities", "equity": "Equity", "income": "Income", "expense": "Expenses"}
STOOD = """
SELECT account_id, sum(amount)::bigint FROM (
  SELECT account_id, credit - debit AS amount FROM ledger_movement WHERE effective_on < %s
  UNION ALL SELECT account_id, amount FROM ledger_live WHERE effective_on < %s
) AS m GROUP BY account_id HAVING sum(amount) <> 0 ORDER BY account_id
"""


@dataclass(frozen=True)
class Named:
    """An account in the export: its Beancount name, its asset, and the asset's scale."""

    name: str
    asset: str
    scale: int

    def amount(self, inside: int) -> str:
        return f"{Decimal(-inside).scaleb(-self.scale):f} {self.asset}"


def beancount(*, start: date, end: date) -> Iterator[str]:
    """The lines of the period of effective dates `start` to `end`, both included, from one snapshot of the database."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        accounts = named_accounts()
        yield 'option "title" "Banyan ledger"'
        yield from (f"{start} open {account.name} {account.asset}" for account in accounts.values())
        yield from opening(accounts, stood(start), start)
        for journal in Journal.objects.filter(effective_on__range=(start, end)).order_by("effective_on", "posted_at", "id").iterator(2000):
            yield from lines_of(journal, accounts)
        after = end + timedelta(days=1)
        closing = stood(after)
        yield from (f"{after} balance {account.name} {account.amount(closing.get(key, 0))}" for key, account in accounts.items())


def named_accounts() -> dict[UUID, Named]:
    rows = LedgerAccount.objects.select_related("role", "asset").order_by("name", "id")
    return {
        row.id: Named(
            ":".join([ROOTS[row.role.kind], *map(component, row.name.split(":")), row.id.hex.upper()]), row.asset_id, row.asset.scale
        )
        for row in rows
    }


def component(text: str) -> str:
    """A part of an account's name as Beancount allows it: letters, digits and dashes, beginning with a capital."""
    clean = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-") or "X"
    return clean[0].upper() + clean[1:]


def stood(before: date) -> dict[UUID, int]:
    """Every account's balance before a day, by effective date; accounts at zero are left out."""
    with connection.cursor() as cursor:
        cursor.execute(STOOD, [before, before])
        return dict(cursor.fetchall())


def opening(accounts: dict[UUID, Named], balances: dict[UUID, int], start: date) -> Iterator[str]:
    if balances:
        yield f'{start} * "Balances brought forward"'
        yield from (f"  {accounts[key].name}  {accounts[key].amount(inside)}" for key, inside in balances.items())


def lines_of(journal: Journal, accounts: dict[UUID, Named]) -> Iterator[str]:
    yield f'{journal.effective_on} * "{quoted(journal.event)}" "{quoted(journal.reference)}"'
    yield f'  id: "{journal.id}"'
    for key, inside in zip(journal.accounts, journal.amounts, strict=True):
        yield f"  {accounts[key].name}  {accounts[key].amount(inside)}"


def quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\\", "\\\\").replace('"', '\\"'))
