"""The lives of an agreement and of one deduction under it, as tables.

An agreement moves no money. A deduction is an order of the cashier, paid by its one commit:

| deduction | its order | money |
| --- | --- | --- |
| waiting | created: told to the customer, tried when its time comes, and again after a day | nothing |
| debiting | paying: the bank owes its word | held by the cashier |
| paid | paid | the cashier's commit |
| failed | closed: every try refused, or the agreement ended | nothing |
"""

from django.db import models

from core.moves import Moves


class AgreementState(models.TextChoices):
    """`suspended`: its customer paused it; nothing is taken, nothing new may be asked."""

    ASKED = "asked"
    SIGNED = "signed"
    SUSPENDED = "suspended"
    ENDED = "ended"


class AgreementEnd(models.TextChoices):
    CUSTOMER = "customer"
    MERCHANT = "merchant"
    NOT_SIGNED = "not_signed"


class Period(models.TextChoices):
    DAY = "day"
    MONTH = "month"


class DeductionState(models.TextChoices):
    WAITING = "waiting"
    DEBITING = "debiting"
    PAID = "paid"
    FAILED = "failed"


AGREEMENT_MOVES = Moves(
    AgreementState,
    {
        AgreementState.ASKED: {AgreementState.SIGNED, AgreementState.ENDED},
        AgreementState.SIGNED: {AgreementState.SUSPENDED, AgreementState.ENDED},
        AgreementState.SUSPENDED: {AgreementState.SIGNED, AgreementState.ENDED},
    },
)
DEDUCTION_MOVES = Moves(
    DeductionState,
    {
        DeductionState.WAITING: {DeductionState.DEBITING, DeductionState.PAID, DeductionState.FAILED},
        DeductionState.DEBITING: {DeductionState.WAITING, DeductionState.PAID, DeductionState.FAILED},
    },
)
OPEN = (DeductionState.WAITING, DeductionState.DEBITING)
STANDING = (AgreementState.SIGNED, AgreementState.SUSPENDED)
