"""The lives of a campaign and of its milestones, as tables.

Campaign:
| from          | to            | when |
| ------------- | ------------- | ---- |
| draft         | review        | its creator handed it in |
| draft, review | cancelled     | its creator gave it up |
| review        | draft         | an operator returned it, with words for the creator |
| review        | online        | two operators approved it: its product is on sale |
| online        | waiting_funds | its end came: nobody pledges any more |
| online        | cancelled     | its creator, or two operators, called it off: every pledge goes back |
| waiting_funds | successful    | nothing is under way at the cashier any more, and the rule says so |
| waiting_funds | failed        | the same, and the rule says no: every pledge goes back |

Milestone: planned -> waiting (its amount is known: the campaign succeeded and its pledges are booked) -> paid (the first at once, later
ones when two operators approve what the creator showed).
"""

from django.db import models

from core.moves import Moves


class CampaignState(models.TextChoices):
    DRAFT = "draft"
    REVIEW = "review"
    ONLINE = "online"
    WAITING_FUNDS = "waiting_funds"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Scheme(models.TextChoices):
    ALL_OR_NOTHING = "all_or_nothing"
    FLEXIBLE = "flexible"


class MilestoneState(models.TextChoices):
    PLANNED = "planned"
    WAITING = "waiting"
    PAID = "paid"


C, M = CampaignState, MilestoneState
CAMPAIGN_MOVES = Moves(
    C,
    {
        C.DRAFT: {C.REVIEW, C.CANCELLED},
        C.REVIEW: {C.DRAFT, C.ONLINE, C.CANCELLED},
        C.ONLINE: {C.WAITING_FUNDS, C.CANCELLED},
        C.WAITING_FUNDS: {C.SUCCESSFUL, C.FAILED},
    },
)
MILESTONE_MOVES = Moves(M, {M.PLANNED: {M.WAITING}, M.WAITING: {M.PAID}})
RUNNING = (C.ONLINE, C.WAITING_FUNDS)
"""Pledges of it may be paid."""
OVER = (C.SUCCESSFUL, C.FAILED, C.CANCELLED)
UNFINISHED = (C.DRAFT, C.REVIEW, *RUNNING)
