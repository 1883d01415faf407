"""What `ledger_check` proves of issuers: settled money is what its requests say, is booked so, and no settled day left money out."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from wealth.issuers.models import IssuerRequest, IssuerSettlement

SUMS = """
SELECT s.id, s.subscribed_fen, s.redeemed_fen, r.subscribed, r.redeemed FROM wealth_issuersettlement s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(confirmed_fen - fee_fen) FILTER (WHERE operation = 'subscribe'), 0) AS subscribed,
      coalesce(sum(confirmed_fen) FILTER (WHERE operation = 'redeem'), 0) AS redeemed
    FROM wealth_issuerrequest WHERE settlement_id = s.id
) r WHERE (%(since)s::date IS NULL OR s.created_at >= %(since)s::date) AND (s.subscribed_fen, s.redeemed_fen) <> (r.subscribed, r.redeemed)
"""
LEFT_OUT = """
SELECT r.id FROM wealth_issuerrequest r JOIN wealth_issuerfile f ON f.issuer = r.issuer_code AND f.day = r.confirmed_on
WHERE r.settlement_id IS NULL AND r.state = 'confirmed' AND r.confirmed_on IS NOT NULL AND f.state = 'settled'
"""


class Issuers:
    """Left-out requests are looked for in full: the index of those without a settlement holds few that are confirmed."""

    name = "issuers"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(SUMS, {"since": since})
            found = [
                Finding("issuer.settlement", public_id(IssuerSettlement.PREFIX, row[0]), f"says {row[1:3]}; its requests say {row[3:5]}")
                for row in cursor.fetchall()
            ]
            cursor.execute(LEFT_OUT)
            left = [row[0] for row in cursor.fetchall()]
        return found + [
            Finding("issuer.left_out", public_id(IssuerRequest.PREFIX, row), "is confirmed, its day is settled, and its money is not")
            for row in left
        ]


CHECKS.plug("wealth.issuers", Issuers())
