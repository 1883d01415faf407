"""What `ledger_check` proves of disputes: each is booked by the journals it names, and these froze what it says is frozen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from payments.disputes import journals
from payments.disputes.models import Dispute
from payments.disputes.states import OPEN

FROZEN = """
SELECT d.id, d.state, d.expected_fen, b.frozen_fen FROM (
    SELECT o.id, o.state, o.journal_ids, CASE
      WHEN o.state = ANY (%(open)s) THEN o.from_pending_fen + o.from_available_fen + o.from_reserve_fen
      WHEN o.state = 'lost' THEN r.from_frozen_fen ELSE 0 END AS expected_fen
    FROM payments_dispute o LEFT JOIN payments_refund r ON r.id = o.refund_id WHERE o.state = ANY (%(open)s) OR o.id >= %(first)s
) d CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN j.event = %(frozen)s THEN leg ELSE -leg END) FILTER (WHERE leg > 0), 0) AS frozen_fen
    FROM ledger_journal j CROSS JOIN LATERAL unnest(j.amounts) AS leg
    WHERE j.id = ANY (d.journal_ids) AND j.event IN (%(frozen)s, %(released)s)
) b WHERE d.expected_fen <> b.frozen_fen ORDER BY d.id LIMIT %(shown)s
"""


class Disputes:
    """Open ones, and those made since what is proved. A lost one's frozen money is its refund's to take."""

    name = "disputes"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        values: dict[str, Any] = {
            "open": list(OPEN),
            "first": first_after(since),
            "frozen": journals.FROZEN,
            "released": journals.RELEASED,
            "shown": SHOWN,
        }
        with connection.cursor() as cursor:
            cursor.execute(FROZEN, values)
            return [
                Finding("dispute.frozen", public_id(Dispute.PREFIX, key), f"{state}: {wanted} fen frozen; its journals say {found}")
                for key, state, wanted, found in cursor.fetchall()
            ]


CHECKS.plug("payments.disputes", Disputes())
CHECKS.plug(
    "payments.disputes.booked",
    Booked("dispute", Named(Dispute, Dispute.PREFIX, "journal_ids", (journals.FROZEN, journals.RELEASED), many=True)),
)
