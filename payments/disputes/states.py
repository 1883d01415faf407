"""The life of a dispute as a table.

state      money
opened     the merchant's part of the amount moved to merchant:frozen, as far as it had it; what was short is asked for again
evidence   the same; the merchant has answered, or its time is over: an operator's turn
won        frozen money is the merchant's again
lost       frozen money paid a refund of the order (payments.refunds): to the payer, or to the bank that had taken it already
withdrawn  the payer took it back: frozen money is the merchant's again
"""

from django.db import models

from core.moves import Moves


class DisputeState(models.TextChoices):
    """`evidence`: answered, or not answered in time; to be decided."""

    OPENED = "opened"
    EVIDENCE = "evidence"
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class OpenedBy(models.TextChoices):
    """`channel`: a chargeback that the payer's bank began."""

    PAYER = "payer"
    OPERATOR = "operator"
    CHANNEL = "channel"


class DisputeKind(models.TextChoices):
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    UNAUTHORISED = "unauthorised"
    DUPLICATE = "duplicate"
    OTHER = "other"


DISPUTE_MOVES = Moves(
    DisputeState,
    {
        DisputeState.OPENED: {DisputeState.EVIDENCE, DisputeState.WON, DisputeState.LOST, DisputeState.WITHDRAWN},
        DisputeState.EVIDENCE: {DisputeState.WON, DisputeState.LOST, DisputeState.WITHDRAWN},
    },
)
OPEN = (DisputeState.OPENED, DisputeState.EVIDENCE)
