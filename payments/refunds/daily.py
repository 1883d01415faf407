"""What refunds count of a business day: what went back, by who asked for it."""

from collections.abc import Iterable
from datetime import date

from core.tallies.sockets import Tally
from payments.refunds import queries

SOURCE = "payments.refunds"
REFUNDED = "refunded"


class RefundsOfDay:
    def count(self, *, day: date) -> Iterable[Tally]:
        return [Tally(REFUNDED, asker, number, fen) for asker, number, fen in queries.booked_by_asker(day)]
