"""What channels count of a day: breaks that were found and breaks that were closed, by kind."""

from collections.abc import Iterable
from datetime import date, timedelta

from core.clock.queries import start_of_day
from core.tallies.sockets import Tally
from payments.channels import queries

SOURCE = "payments.channels"
FOUND, ENDED = "breaks_found", "breaks_ended"


class BreaksOfDay:
    def count(self, *, day: date) -> Iterable[Tally]:
        since, until = start_of_day(day), start_of_day(day + timedelta(days=1))
        yield from (Tally(FOUND, kind, number) for kind, number in queries.breaks_found(since, until).items())
        yield from (Tally(ENDED, kind, number) for kind, number in queries.breaks_ended(since, until).items())
