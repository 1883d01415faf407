"""The life of a notice, as a table. No money moves in this room.

| from      | to        | when |
| --------- | --------- | ---- |
| pending   | delivered | the receiver answered 2xx within PATIENCE_S |
| pending   | failed    | the last try of the timetable was not taken; an operator is asked |
| delivered | pending   | it is to be sent again |
| failed    | pending   | it is to be sent again, on a fresh timetable |
"""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.limits.sockets import CapKind
from core.moves import Moves


class NoticeState(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


NOTICE_MOVES = Moves(
    NoticeState,
    {
        NoticeState.PENDING: {NoticeState.DELIVERED, NoticeState.FAILED},
        NoticeState.DELIVERED: {NoticeState.PENDING},
        NoticeState.FAILED: {NoticeState.PENDING},
    },
)
SECOND, MINUTE, HOUR = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))
WAITS = (
    *(15 * SECOND, 15 * SECOND, 30 * SECOND),
    *(3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE),
    *(3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR),
)
"""A notice is sent at once, and as long as it is not taken again after each of these: for 24 hours and 4 minutes."""
PATIENCE_S = 5.0
LEASE = timedelta(seconds=60)
"""A notice that is being sent comes due again by then, should its process die."""
RESENDS_MOST = 20
RESENDS = CapKind("notices.resends", _("How often one notice is sent again by hand"), usual=RESENDS_MOST, most=RESENDS_MOST)
REST_AFTER = 3
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)


def wait_after(tries: int) -> timedelta | None:
    """How long after so many tries that were not taken the next one follows; None when that was the last."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def rest_after(unanswered: int) -> timedelta | None:
    """How long a receiver that left so many tries in a row unanswered is left alone: doubling; None for not at all."""
    beyond = unanswered - REST_AFTER
    return None if beyond < 0 else min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST)
