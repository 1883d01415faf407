"""What `ledger_check` proves of debts: open instalments are what is used of each line, and what the books have of it; what was paid is what
payments were for."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db import connection

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from credit.debts import accounts

USED = """
SELECT l.id, l.used_fen, coalesce(i.fen, 0) FROM credit_creditline l LEFT JOIN (
    SELECT line_id, sum(principal_fen - paid_principal_fen) AS fen FROM credit_instalment WHERE state = 'open' GROUP BY line_id
) i ON i.line_id = l.id
WHERE l.used_fen <> coalesce(i.fen, 0) ORDER BY l.id LIMIT %(shown)s
"""
LINES = "SELECT id, used_fen FROM credit_creditline WHERE used_fen > 0 ORDER BY id"
ALLOCATED = """
SELECT t.id, t.amount_fen, coalesce(sum(a.amount_fen), 0)::bigint FROM credit_credittxn t
LEFT JOIN credit_allocation a ON a.txn_id = t.id
WHERE t.kind = 'repaid' AND t.id >= %(first)s GROUP BY t.id, t.amount_fen HAVING t.amount_fen <> coalesce(sum(a.amount_fen), 0)
ORDER BY t.id LIMIT %(shown)s
"""


class Debts:
    """What is read daily is bounded by open debts and by what earlier proofs covered."""

    name = "debts"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        return list(islice(chain(used(), owed(), allocated(since)), SHOWN))


def used() -> Iterator[Finding]:
    for line_id, used_fen, open_fen in run(USED, {"shown": SHOWN}):
        yield Finding(
            "debts.used", public_id("crl", line_id), f"{used_fen} fen are used; open instalments have {open_fen} fen of principal"
        )


def owed() -> Iterator[Finding]:
    """The books against what is used, of every line with anything used."""
    lines = {accounts.principal(line_id): (line_id, used_fen) for line_id, used_fen in run(LINES, {})}
    balances = ledger.balances_of(lines)
    for account, (line_id, used_fen) in lines.items():
        there = balances.get(account.id)
        posted = -there.posted if there else 0
        if posted != used_fen:
            yield Finding("debts.principal", public_id("crl", line_id), f"{used_fen} fen are used; credit:principal has {posted} fen")


def allocated(since: date | None) -> Iterator[Finding]:
    for txn_id, amount_fen, parts_fen in run(ALLOCATED, {"first": first_after(since), "shown": SHOWN}):
        yield Finding("debts.allocated", public_id("ctx", txn_id), f"{amount_fen} fen were paid, {parts_fen} fen are for something")


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


CHECKS.plug("credit.debts", Debts())
