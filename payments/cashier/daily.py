"""What the cashier counts of a day: orders paid by scene, and how the attempts begun on it ended, by channel."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count

from core.clock.queries import start_of_day
from core.tallies.sockets import Tally
from payments.cashier import queries
from payments.cashier.states import AttemptState
from payments.channels import queries as channels
from payments.channels.states import RequestState

SOURCE = "payments.cashier"
PAID = "paid"
THROUGH, REFUSED, WAITING = "attempts_through", "attempts_refused", "attempts_waiting"
CODES = "codes"
OWN = "own"
"""The key of attempts that ask no channel: all their money is of sources of our own."""
ENDS = {
    RequestState.SUCCESS: THROUGH,
    RequestState.RETURNED: THROUGH,
    RequestState.FAILED: REFUSED,
    AttemptState.SUCCEEDED: THROUGH,
    AttemptState.FAILED: REFUSED,
}


class OrdersOfDay:
    """The channel's own word decides how an attempt ended, also one that came too late for its order."""

    def count(self, *, day: date) -> Iterable[Tally]:
        since, until = start_of_day(day), start_of_day(day + timedelta(days=1))
        for scene, number, fen in queries.paid_by_scene(since, until):
            yield Tally(PAID, scene, number, fen)
        attempts = queries.attempts_made(since, until).order_by()
        own = attempts.filter(request_id=None).values_list("state", "code").annotate(Count("id"))
        asked = channels.ends(attempts.filter(request_id__isnull=False).values_list("request_id", flat=True))
        yield from tallied([*asked, *((OWN, state, code, number) for state, code, number in own)])


def tallied(ends: Iterable[tuple[str, str, str, int]]) -> Iterable[Tally]:
    """(channel, state, code, how many) as attempts that went through, were refused or wait, by channel, and the refusals' codes."""
    counted: Counter[tuple[str, str]] = Counter()
    for channel, state, code, number in ends:
        end = ENDS.get(state, WAITING)  # type: ignore[call-overload]
        counted[end, channel] += number
        if end == REFUSED and code:
            counted[CODES, f"{channel} {code}"] += number
    return [Tally(figure, key, number) for (figure, key), number in sorted(counted.items())]
