"""The life of a reconciliation and of one line of a statement, as tables."""

from django.db import models

from core.moves import Moves


class RunState(models.TextChoices):
    """`open`: the statement is not here yet. `matched`: every line is judged. `closed`: every line is in the books and nothing
    disagrees any more."""

    OPEN = "open"
    MATCHED = "matched"
    CLOSED = "closed"


class LineState(models.TextChoices):
    """A line is judged before it is stored. `broken`: it disagrees and has a break. `booked`: its journal clears the channel's clearing
    account. `corrected`: two people closed its break."""

    MATCHED = "matched"
    BOOKED = "booked"
    BROKEN = "broken"
    CORRECTED = "corrected"


RUN_MOVES = Moves(RunState, {"open": {"matched"}, "matched": {"closed"}})
LINE_MOVES = Moves(LineState, {"broken": {"matched", "corrected"}, "matched": {"booked"}})
