"""What `ledger_check` proves of collects: each counts what its shares say."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id

COUNTED = """
SELECT c.id, c.paid_count, c.paid_fen, c.declined_count, s.paid_count, s.paid_fen, s.declined_count FROM payments_collect c
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'paid') AS paid_count, coalesce(sum(amount_fen) FILTER (WHERE state = 'paid'), 0) AS paid_fen,
      count(*) FILTER (WHERE state = 'declined') AS declined_count FROM payments_collectshare WHERE collect_id = c.id
) s WHERE c.state = 'open' AND (c.paid_count, c.paid_fen, c.declined_count) <> (s.paid_count, s.paid_fen, s.declined_count)
"""


class Collects:
    """Open ones alone, so that the cost does not grow with history."""

    name = "collects"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)
            return [
                Finding("collect.shares", public_id("clt", row[0]), f"counts {row[1:4]} (paid, fen, declined); its shares say {row[4:]}")
                for row in cursor.fetchall()
            ]


CHECKS.plug("payments.collects", Collects())
