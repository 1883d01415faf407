"""The life of a refund as a table.

state               money
created             held at the merchant's accounts; its channel takes no calls now, the sweeper asks again
processing          held; the channel was asked, its word is awaited
succeeded           one journal: held money and the fee's part -> every source
to_manual           held; the channel refused, an operator's turn
succeeded_by_hand   one journal: as above, what the channel refused through the bank account
failed              nothing moved; the hold and the room on the order are free again, and what receivers of a split gave back for
                    it is theirs again (journal 1 of splits)
"""

from django.db import models

from core.moves import Moves


class RefundState(models.TextChoices):
    """`created`: written, its channel takes no calls now. `to_manual`: the channel refused; an operator asks again, pays by hand or
    gives it up (`failed`)."""

    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    TO_MANUAL = "to_manual"
    BY_HAND = "succeeded_by_hand"
    FAILED = "failed"


class AskedBy(models.TextChoices):
    """`dispute`: lost by the merchant. `payee`: what the order paid, which is no merchant."""

    APP = "app"
    OWNER = "owner"
    OPERATOR = "operator"
    DISPUTE = "dispute"
    PAYEE = "payee"


class RefundStatus(models.TextChoices):
    """What a refund is to its merchant and to the payer."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND_MOVES = Moves(
    RefundState,
    {
        RefundState.CREATED: {RefundState.PROCESSING, RefundState.SUCCEEDED},
        RefundState.PROCESSING: {RefundState.SUCCEEDED, RefundState.TO_MANUAL},
        RefundState.TO_MANUAL: {RefundState.CREATED, RefundState.BY_HAND, RefundState.FAILED},
    },
)
OPEN = (RefundState.CREATED, RefundState.PROCESSING, RefundState.TO_MANUAL)
"""Room on the order is taken and money held."""
DONE = (RefundState.SUCCEEDED, RefundState.BY_HAND)
TOLD = {
    RefundState.CREATED: RefundStatus.PROCESSING,
    RefundState.PROCESSING: RefundStatus.PROCESSING,
    RefundState.TO_MANUAL: RefundStatus.PROCESSING,
    RefundState.SUCCEEDED: RefundStatus.SUCCEEDED,
    RefundState.BY_HAND: RefundStatus.SUCCEEDED,
    RefundState.FAILED: RefundStatus.FAILED,
}
