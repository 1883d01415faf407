"""The life of a credit line, as a table.

| from | to | when |
| --- | --- | --- |
| - | invited | two people offer a customer a line they see before they say yes |
| invited | active | the customer said yes, with a proof |
| invited | declined | the customer said no |
| invited | lapsed | nobody said anything within its days |
| active | frozen | there is a reason not to lend now |
| frozen | active | the last reason is gone |
| active, frozen | closed | for good: by the customer, or by two people |

A raise somebody asks for: open -> granted | refused (a person decided) | withdrawn (the customer, or the line was closed).
"""

from django.db import models

from core.moves import Moves


class LineState(models.TextChoices):
    INVITED = "invited"
    ACTIVE = "active"
    FROZEN = "frozen"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CLOSED = "closed"


class Freeze(models.TextChoices):
    """Why nothing is lent on a line now; it may have several at once."""

    RISK = "risk"
    CUSTOMER = "customer"
    REVIEW = "review"
    OVERDUE = "overdue"


class LineChange(models.TextChoices):
    """What happened to a line."""

    INVITED = "invited"
    ACTIVATED = "activated"
    DECLINED = "declined"
    LAPSED = "lapsed"
    RAISED = "raised"
    LOWERED = "lowered"
    TEMPORARY = "temporary"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class RaiseState(models.TextChoices):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S, R = LineState, RaiseState
LINE_MOVES = Moves(
    S,
    {
        S.INVITED: {S.ACTIVE, S.DECLINED, S.LAPSED},
        S.ACTIVE: {S.FROZEN, S.CLOSED},
        S.FROZEN: {S.ACTIVE, S.CLOSED},
    },
)
RAISE_MOVES = Moves(R, {R.OPEN: {R.GRANTED, R.REFUSED, R.WITHDRAWN}})
OPEN = (S.ACTIVE, S.FROZEN)
LIVING = (S.INVITED, *OPEN)
