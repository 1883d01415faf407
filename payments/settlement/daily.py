"""What settlement counts of a day: the payouts that were sent on it, by what became of them since."""

from collections.abc import Iterable
from datetime import date, timedelta

from core.clock.queries import start_of_day
from core.tallies.sockets import Tally
from payments.settlement import queries

SOURCE = "payments.settlement"
SENT = "payouts"
"""Its keys are the states of a payout."""


class PayoutsOfDay:
    def count(self, *, day: date) -> Iterable[Tally]:
        sent = queries.payouts_sent(start_of_day(day), start_of_day(day + timedelta(days=1)))
        return [Tally(SENT, state, number, fen) for state, number, fen in sent]
