"""What `ledger_check` proves of red packets: each holds what its shares say, and transit holds what they hold together."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from accounts.ledger import queries as ledger
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from payments.red_packets import journals, queries

COUNTED = """
SELECT p.id, p.taken_count, p.taken_fen, s.taken_count, s.taken_fen FROM payments_redpacket p CROSS JOIN LATERAL (
    SELECT count(*) AS taken_count, coalesce(sum(amount_fen), 0) AS taken_fen FROM payments_redpacketshare
    WHERE packet_id = p.id AND taken_by_id IS NOT NULL
) s WHERE p.state IN ('open', 'returning') AND (p.taken_count, p.taken_fen) <> (s.taken_count, s.taken_fen)
"""


class Packets:
    """Of packets that are over the table's CHECKs and the transit account speak, so the cost does not grow with history."""

    name = "red_packets"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)
            found = [
                Finding(
                    "red_packet.shares", public_id("rpk", row[0]), f"taken {row[1]} shares, {row[2]} fen; shares say {row[3]}, {row[4]}"
                )
                for row in cursor.fetchall()
            ]
        packets_fen, transit_fen = queries.in_packets_fen(), ledger.balance(journals.transit()).posted
        if packets_fen != transit_fen:
            found.append(Finding("red_packet.transit", journals.transit().name, f"holds {transit_fen} fen, the packets {packets_fen}"))
        return found


CHECKS.plug("payments.red_packets", Packets())
