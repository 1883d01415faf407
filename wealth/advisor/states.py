"""What plans, regular investing and its runs are on their way through.

A plan: shown -> confirmed (its customer ordered what it says) | replaced (a newer one was shown) | expired.

Regular investing:
| from           | to     | when |
| -------------- | ------ | ---- |
| active         | paused | its customer says so, or it came to nothing too often in a row (`code`) |
| paused         | active | its customer resumes it |
| active, paused | ended  | its customer ends it |

A run (one plan, one date): trying -> paid | failed; most are born at their end.
"""

from django.db import models

from core.moves import Moves


class PlanState(models.TextChoices):
    SHOWN = "shown"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    EXPIRED = "expired"


class InvestingState(models.TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class RunState(models.TextChoices):
    TRYING = "trying"
    PAID = "paid"
    FAILED = "failed"


class Every(models.TextChoices):
    WEEK = "week"
    MONTH = "month"
    PAY_DAY = "pay_day"
    IDLE = "idle"


PLAN_MOVES = Moves(PlanState, {PlanState.SHOWN: {PlanState.CONFIRMED, PlanState.REPLACED, PlanState.EXPIRED}})
INVESTING_MOVES = Moves(
    InvestingState,
    {
        InvestingState.ACTIVE: {InvestingState.PAUSED, InvestingState.ENDED},
        InvestingState.PAUSED: {InvestingState.ACTIVE, InvestingState.ENDED},
    },
)
RUN_MOVES = Moves(RunState, {RunState.TRYING: {RunState.PAID, RunState.FAILED}})
STANDING = (InvestingState.ACTIVE, InvestingState.PAUSED)
