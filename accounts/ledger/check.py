"""The oracle: what must hold over the stored books at any instant, each as one statement that finds the rows at fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.ledger.sockets import CHECKS, Finding


@dataclass(frozen=True)
class Statement:
    """A proof in SQL: every row it answers (subject, detail) is a finding."""

    name: str
    sql: str

    def findings(self) -> Sequence[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            return [Finding(self.name, str(subject), str(detail)) for subject, detail in cursor.fetchall()]


STATEMENTS = [
    Statement(
        "journal.balanced",
        """
        SELECT id, 'legs do not sum to zero per asset' FROM ledger_journal
        WHERE NOT coalesce(ledger_balanced(accounts, amounts, assets), false)
        """,
    ),
    Statement(
        "balance.sum_zero",
        """
        SELECT asset, 'all balances and pending legs sum to ' || sum(amount)
        FROM (
          SELECT asset, posted AS amount FROM ledger_balance
          UNION ALL
          SELECT account.asset, pending.amount FROM ledger_pending pending JOIN ledger_account account ON account.id = pending.account_id
        ) AS stands GROUP BY asset HAVING sum(amount) <> 0
        """,
    ),
    Statement(
        "balance.entries",
        """
        SELECT own.account_id || '/' || own.sub,
          format('posted %s, version %s; entries sum to %s, count %s', own.posted, own.version, coalesce(e.total, 0), coalesce(e.n, 0))
        FROM ledger_balance own
        LEFT JOIN (SELECT account_id, sub, sum(amount) AS total, count(*) AS n FROM ledger_entry GROUP BY 1, 2) e USING (account_id, sub)
        WHERE own.posted <> coalesce(e.total, 0) OR own.version <> coalesce(e.n, 0)
        """,
    ),
    Statement(
        "entry.chain",
        """
        SELECT format('%s/%s version %s', account_id, sub, version),
          format('balance_after %s does not follow %s and %s', balance_after, before, amount)
        FROM (
          SELECT *, lag(balance_after, 1, 0::bigint) OVER w AS before, lag(version, 1, 0::bigint) OVER w AS last
          FROM ledger_entry WINDOW w AS (PARTITION BY account_id, sub ORDER BY version)
        ) AS chain WHERE balance_after <> before + amount OR version <> last + 1
        """,
    ),
    Statement(
        "entry.journal",
        """
        SELECT coalesce(l.id, s.journal_id) || ' leg ' || coalesce(l.leg, s.leg), 'the journal''s leg and what was entered for it differ'
        FROM (
          SELECT id, place AS leg, account_id, amount, business_on, effective_on
          FROM ledger_journal, unnest(accounts, amounts) WITH ORDINALITY AS leg (account_id, amount, place)
        ) AS l
        FULL JOIN (
          SELECT journal_id, leg, account_id, amount, business_on, effective_on FROM ledger_entry
          UNION ALL SELECT journal_id, leg, account_id, amount, business_on, effective_on FROM ledger_pending
        ) AS s ON s.journal_id = l.id AND s.leg = l.leg AND s.account_id = l.account_id AND s.amount = l.amount
          AND s.business_on = l.business_on AND s.effective_on = l.effective_on
        WHERE l.id IS NULL OR s.journal_id IS NULL
        """,
    ),
    Statement(
        "balance.bounds",
        """
        SELECT account_id || '/' || sub, 'posted ' || posted || ', held ' || held || ', floor ' || coalesce(floor::text, 'none')
        FROM ledger_balance
        WHERE posted - held < floor - shortfall OR posted > ceiling OR held < 0 OR (floor >= 0 AND shortfall = 0 AND held > posted)
        """,
    ),
    Statement(
        "hold.held",
        """
        SELECT account_id, 'held ' || coalesce(own.held, 0) || ', open holds ' || coalesce(h.total, 0)
        FROM ledger_balance own
        FULL JOIN (
          SELECT account_id, sum(amount) AS total, 0::smallint AS sub FROM ledger_hold WHERE state = 'open' GROUP BY 1
        ) AS h USING (account_id, sub)
        WHERE coalesce(own.held, 0) <> coalesce(h.total, 0)
        """,
    ),
]


def findings() -> list[Finding]:
    """Everything wrong with the books, the ledger's own proofs first, then those other rooms plugged in."""
    return [finding for check in (*STATEMENTS, *CHECKS) for finding in check.findings()]
