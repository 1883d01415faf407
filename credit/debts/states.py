"""The lives of a draw, its plans and its instalments.

| what | from | to | when | journal |
| --- | --- | --- | --- | --- |
| draw | - | open | the customer borrows, with a proof of exactly the quote they were shown | C2 |
| draw | open | settled | nothing of it is owed any more | C4 |
| plan | - | current | with the draw, or in the place of the one before | |
| plan | current | superseded | a payment ahead made another | C4 |
| plan | current | settled | all of it is paid | C4 |
| instalment | - | open | with its plan | |
| instalment | open | paid | all it asks is paid | C4 |
| instalment | open, paid | superseded | another plan has it, or it fell away | C4 |

Whether an instalment is due or late follows from its day and today; nothing is written for it.
"""

from django.db import models

from core.moves import Moves


class DrawKind(models.TextChoices):
    """What was borrowed: money to the wallet."""

    CASH = "cash"


class DrawState(models.TextChoices):
    OPEN = "open"
    SETTLED = "settled"


class PlanState(models.TextChoices):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    SETTLED = "settled"


class InstalmentState(models.TextChoices):
    OPEN = "open"
    PAID = "paid"
    SUPERSEDED = "superseded"


class TxnKind(models.TextChoices):
    """What happened to a debt: money lent, or money paid."""

    DRAWN = "drawn"
    REPAID = "repaid"


class Toward(models.TextChoices):
    """What a part of a payment was for."""

    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


DRAW_MOVES = Moves(DrawState, {DrawState.OPEN: {DrawState.SETTLED}})
PLAN_MOVES = Moves(PlanState, {PlanState.CURRENT: {PlanState.SUPERSEDED, PlanState.SETTLED}})
INSTALMENT_MOVES = Moves(
    InstalmentState,
    {
        InstalmentState.OPEN: {InstalmentState.PAID, InstalmentState.SUPERSEDED},
        InstalmentState.PAID: {InstalmentState.SUPERSEDED},
    },
)
