"""The lives of a settlement and of one payout of it, as tables.

settlement: `open` (its day is not proved, or the ledger refused to move it: an operator's turn) -> `closed` (moved to what may be paid
out) -> `approved` -> `paying` -> `paid` | `returned`; `carried`: less than the least payout, so it goes with the next one.
payout: `sent` (booked on its way, the channel asked) -> `paid` | `failed`; `paid` -> `returned` when the bank sends it back.
"""

from django.db import models

from core.moves import Moves


class SettlementState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"
    CARRIED = "carried"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"
    RETURNED = "returned"


class PayoutState(models.TextChoices):
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


class LineKind(models.TextChoices):
    """What a line of a settlement is about."""

    ORDER = "order"
    REFUND = "refund"
    SPLIT = "split"
    DISPUTE = "dispute"
    ADJUSTMENT = "adjustment"


SETTLEMENT_MOVES = Moves(
    SettlementState,
    {
        SettlementState.OPEN: {SettlementState.CLOSED, SettlementState.CARRIED, SettlementState.APPROVED},
        SettlementState.CLOSED: {SettlementState.APPROVED},
        SettlementState.APPROVED: {SettlementState.PAYING, SettlementState.CARRIED},
        SettlementState.PAYING: {SettlementState.PAID, SettlementState.RETURNED},
        SettlementState.PAID: {SettlementState.RETURNED},
        SettlementState.RETURNED: {SettlementState.APPROVED},
    },
)
PAYOUT_MOVES = Moves(
    PayoutState,
    {
        PayoutState.SENT: {PayoutState.PAID, PayoutState.FAILED},
        PayoutState.PAID: {PayoutState.RETURNED},
    },
)
CLAIMS = (SettlementState.CLOSED, SettlementState.APPROVED, SettlementState.RETURNED)
"""In these a settlement's payout is still to be taken from what may be paid out."""
UNDER_WAY = (SettlementState.OPEN, SettlementState.CLOSED, SettlementState.APPROVED, SettlementState.PAYING, SettlementState.RETURNED)
FOR_PEOPLE = (SettlementState.OPEN, SettlementState.CLOSED, SettlementState.RETURNED)
"""In these a settlement waits for an operator."""
