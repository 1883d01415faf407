"""The oracle: what must hold over the stored books at any instant, each as one statement that finds the rows at fault.

A run over everything reads all history. One that builds on an earlier run reads what has a business day after the last that
was proved: those before are summed, sealed and can only be changed behind the triggers, which the next whole run finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from accounts.ledger.sockets import CHECKS, Finding


@dataclass(frozen=True)
class Statement:
    """A proof in SQL: every row it answers (subject, detail) is a finding.

    `{since}` stands for the business day proved through, minus infinity for everything. `recent` is another form of the same
    proof that holds when everything up to that day was proved.
    """

    name: str
    sql: str
    recent: str = ""

    def findings(self, since: date | None = None) -> Sequence[Finding]:
        chosen = self.recent if since is not None and self.recent else self.sql
        day = f"'{since.isoformat() if since else '-infinity'}'::date"
        with connection.cursor() as cursor:
            cursor.execute(chosen.replace("{since}", day))
            return [Finding(self.name, str(subject), str(detail)) for subject, detail in cursor.fetchall()]


STATEMENTS = [
    Statement(
        "journal.balanced",
        """
        SELECT id, 'legs do not sum to zero per asset' FROM ledger_journal
        WHERE business_on > {since} AND NOT coalesce(ledger_balanced(accounts, amounts, assets), false)
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
        recent="""
        SELECT own.account_id || '/' || own.sub,
          format('posted %s, version %s; the last entry has %s, version %s', own.posted, own.version, last.balance_after, last.version)
        FROM ledger_balance own
        LEFT JOIN LATERAL (
          SELECT balance_after, version FROM ledger_entry WHERE account_id = own.account_id AND sub = own.sub
          ORDER BY posted_at DESC, version DESC LIMIT 1
        ) AS last ON true
        WHERE CASE WHEN own.posted = coalesce(last.balance_after, 0) AND own.version = coalesce(last.version, 0) THEN false ELSE
          NOT EXISTS (
            SELECT FROM ledger_entry e WHERE e.account_id = own.account_id AND e.sub = own.sub AND e.version = own.version
              AND e.balance_after = own.posted
          ) END
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
        recent="""
        WITH fresh AS (
          SELECT *, lag(balance_after) OVER w AS before, lag(version) OVER w AS last
          FROM ledger_entry WHERE business_on > {since} WINDOW w AS (PARTITION BY account_id, sub ORDER BY version)
        ), doubtful AS MATERIALIZED (
          SELECT * FROM fresh WHERE last IS DISTINCT FROM version - 1 OR balance_after <> before + amount
        )
        SELECT format('%s/%s version %s', d.account_id, d.sub, d.version),
          format('balance_after %s does not follow %s and %s', d.balance_after, coalesce(d.before, p.balance_after), d.amount)
        FROM doubtful d
        LEFT JOIN LATERAL (
          SELECT balance_after, version FROM ledger_entry
          WHERE account_id = d.account_id AND sub = d.sub AND (posted_at, version) < (d.posted_at, d.version)
          ORDER BY posted_at DESC, version DESC LIMIT 1
        ) AS p ON true
        WHERE CASE
          WHEN d.last = d.version - 1 THEN true
          WHEN coalesce(p.version, 0) = d.version - 1 THEN coalesce(p.balance_after, 0) + d.amount <> d.balance_after
          ELSE NOT EXISTS (
            SELECT FROM ledger_entry e WHERE e.account_id = d.account_id AND e.sub = d.sub AND e.version = d.version - 1
              AND e.balance_after + d.amount = d.balance_after
          ) END
        """,
    ),
    Statement(
        "entry.journal",
        """
        SELECT coalesce(l.id, s.journal_id) || ' leg ' || coalesce(l.leg, s.leg), 'the journal''s leg and what was entered for it differ'
        FROM (
          SELECT id, place AS leg, account_id, amount, business_on, effective_on
          FROM ledger_journal, unnest(accounts, amounts) WITH ORDINALITY AS leg (account_id, amount, place)
          WHERE business_on > {since}
        ) AS l
        FULL JOIN (
          SELECT journal_id, leg, account_id, amount, business_on, effective_on FROM ledger_entry WHERE business_on > {since}
          UNION ALL SELECT journal_id, leg, account_id, amount, business_on, effective_on FROM ledger_pending WHERE business_on > {since}
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
    Statement(
        "hold.captured",
        """
        SELECT h.id, 'captured without its journal' FROM ledger_hold h
        WHERE h.state = 'captured' AND h.captured > 0 AND h.changed_at > {since} - interval '2 days'
          AND NOT EXISTS (
            SELECT FROM ledger_journal j WHERE j.id = h.journal_id AND (j.hold_id = h.id OR (
              j.hold_id IS NOT NULL AND (
                SELECT sum(captured) FROM ledger_hold WHERE journal_id = j.id AND account_id = h.account_id
              ) = (SELECT -sum(amount) FROM unnest(j.accounts, j.amounts) AS leg (account_id, amount) WHERE leg.account_id = h.account_id)
            ))
          )
        """,
    ),
    Statement(
        "journal.reversed_once",
        """
        SELECT j.id, 'reverses ' || j.reverses || ' without its reversal row' FROM ledger_journal j
        WHERE j.reverses IS NOT NULL AND j.business_on > {since}
          AND NOT EXISTS (SELECT FROM ledger_reversal r WHERE r.reverses = j.reverses AND r.journal_id = j.id)
        """,
    ),
    Statement(
        "account.balance",
        """
        SELECT coalesce(a.id, b.account_id), 'account and balance rows do not agree on asset, state or mode'
        FROM ledger_account a FULL JOIN ledger_balance b ON b.account_id = a.id
        WHERE a.id IS NULL OR b.account_id IS NULL OR a.asset <> b.asset
          OR b.mode <> CASE a.mode WHEN 'sync' THEN 's' WHEN 'buffered' THEN 'b' ELSE 'h' END
          OR b.blocked <> CASE a.state WHEN 'open' THEN 0 WHEN 'no_debit' THEN 1 ELSE 3 END
        """,
    ),
    Statement(
        "account.closed",
        """
        SELECT a.id, format('closed with %s posted, %s held, %s pending', sum(b.posted), sum(b.held), coalesce(sum(p.total), 0))
        FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
        LEFT JOIN (SELECT account_id, sum(abs(amount)) AS total FROM ledger_pending GROUP BY 1) p ON p.account_id = a.id
        WHERE a.state = 'closed' AND (b.posted <> 0 OR b.held <> 0 OR p.total > 0) GROUP BY a.id
        """,
    ),
    Statement(
        "clearing.open_items",
        """
        SELECT b.account_id, format('posted %s, open items %s', b.posted, coalesce(o.total, 0))
        FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id JOIN ledger_role r ON r.role = a.role AND r.clearing
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_openitem GROUP BY 1) o ON o.account_id = b.account_id
        WHERE b.posted <> coalesce(o.total, 0)
        """,
    ),
    Statement(
        "gl.mapped",
        "SELECT DISTINCT role || ' ' || asset, 'legs without a GL code: add a rule' FROM ledger_gl WHERE gl_code = ''",
    ),
    Statement(
        "gl.trial_balance",
        """
        SELECT asset, format('debits %s, credits %s', sum(debit), sum(credit)) FROM ledger_gl
        GROUP BY asset HAVING sum(debit) <> sum(credit)
        """,
    ),
    Statement(
        "gl.subledger",
        """
        SELECT coalesce(g.role, s.role) || ' ' || coalesce(g.asset, s.asset),
          format('GL %s, accounts %s', coalesce(g.total, 0), coalesce(s.total, 0))
        FROM (SELECT role, asset, sum(credit - debit) AS total FROM ledger_gl GROUP BY 1, 2) AS g
        FULL JOIN (
          SELECT a.role, a.asset, sum(b.amount) AS total FROM ledger_account a
          JOIN (SELECT account_id, posted AS amount FROM ledger_balance UNION ALL SELECT account_id, amount FROM ledger_pending) b
            ON b.account_id = a.id GROUP BY 1, 2
        ) AS s ON s.role = g.role AND s.asset = g.asset
        WHERE coalesce(g.total, 0) <> coalesce(s.total, 0)
        """,
    ),
    Statement(
        "movement.entries",
        """
        SELECT coalesce(m.account_id, e.account_id), format('movements %s, rolled entries %s', coalesce(m.total, 0), coalesce(e.total, 0))
        FROM (SELECT account_id, sum(credit - debit) AS total FROM ledger_movement GROUP BY 1) m
        FULL JOIN (
          SELECT e.account_id, sum(e.amount) AS total FROM ledger_entry e
          JOIN ledger_rolledday r ON r.day = e.business_on AND r.shard = ledger_range(e.account_id) GROUP BY 1
        ) AS e USING (account_id)
        WHERE coalesce(m.total, 0) <> coalesce(e.total, 0)
        """,
        recent="""
        SELECT coalesce(m.account_id, b.account_id),
          format('movements %s, balance without unsummed entries %s', m.total, b.total - coalesce(e.total, 0))
        FROM (SELECT account_id, sum(credit - debit) AS total FROM ledger_movement GROUP BY 1) m
        FULL JOIN (SELECT account_id, sum(posted) AS total FROM ledger_balance GROUP BY 1) b USING (account_id)
        LEFT JOIN (
          SELECT account_id, sum(amount) AS total FROM ledger_entry e
          WHERE business_on > {since} AND NOT EXISTS (
            SELECT FROM ledger_rolledday r WHERE r.day = e.business_on AND r.shard = ledger_range(e.account_id)
          ) GROUP BY 1
        ) AS e ON e.account_id = b.account_id
        WHERE coalesce(m.total, 0) <> coalesce(b.total, 0) - coalesce(e.total, 0)
        """,
    ),
    Statement(
        "seal",
        "SELECT r_subject, r_detail FROM ledger_broken_seals(0)",
        recent="""
        SELECT r_subject, r_detail FROM ledger_broken_seals(coalesce((SELECT last_block FROM ledger_sealmanifest WHERE day = {since}), 0))
        """,
    ),
    Statement(
        "seal.manifest",
        """
        SELECT m.day, 'the day does not count up to its manifest any more' FROM ledger_sealmanifest m
        LEFT JOIN (
          SELECT business_on, count(*) AS journals, sum(cardinality(accounts)) AS legs FROM ledger_journal
          WHERE business_on > {since} GROUP BY 1
        ) j
          ON j.business_on = m.day
        LEFT JOIN ledger_sealblock b ON b.number = m.last_block
        WHERE (m.day > {since} AND (m.journals <> coalesce(j.journals, 0) OR m.legs <> coalesce(j.legs, 0)))
          OR (m.last_block > 0 AND b.hash IS DISTINCT FROM m.root_hash)
        """,
    ),
]


def findings(since: date | None = None) -> list[Finding]:
    """Everything wrong with the books, the ledger's own proofs first, then those other rooms plugged in.

    With `since` the proof builds on one that found nothing up to that business day.
    """
    own = [finding for statement in STATEMENTS for finding in statement.findings(since)]
    return own + [finding for check in CHECKS for finding in check.findings(since=since)]


def run(since: date | None = None) -> list[Finding]:
    """`findings` in one snapshot of its own, safe beside live traffic: REPEATABLE READ, READ ONLY.

    Raises RuntimeError inside a transaction, whose snapshot it could not choose.
    """
    if connection.in_atomic_block:
        raise RuntimeError("ledger_check takes its own transaction: call findings() inside one")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return findings(since)
