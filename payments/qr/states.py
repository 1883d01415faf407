"""The lives of a code a payer shows and of one a store prints, as tables.

The room moves no money of its own: each code leads to an order of the cashier, whose journals pay it. What a shown code did:

| state | its order | what moves money |
| --- | --- | --- |
| shown | none | nothing; it dies after its minute |
| taken | paid at once, or `paying` until the bank's word; closed when that is no | the cashier's one commit |
| to_confirm | waits for its payer, who pays it in the app with a proof, until it expires | the same |
| refused | closed at once | nothing |

A taken code becomes to_confirm where the bank's no is a wish for a proof.
"""

from django.db import models

from core.moves import Moves


class PayerCodeState(models.TextChoices):
    SHOWN = "shown"
    TAKEN = "taken"
    TO_CONFIRM = "to_confirm"
    REFUSED = "refused"


class QrCodeState(models.TextChoices):
    ACTIVE = "active"
    REVOKED = "revoked"


class CodeResult(models.TextChoices):
    """What a payment by a shown code is to its merchant, and to the phone that showed it."""

    PROCESSING = "processing"
    USER_CONFIRMING = "user_confirming"
    PAID = "paid"
    REFUSED = "refused"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PhoneResult(models.TextChoices):
    """What the phone that shows a code says."""

    WAITING = "waiting"
    EXPIRED = "expired"
    PROCESSING = "processing"
    CONFIRM = "confirm"
    PAID = "paid"
    REFUSED = "refused"
    CLOSED = "closed"


PAYER_CODE_MOVES = Moves(
    PayerCodeState,
    {
        PayerCodeState.SHOWN: {PayerCodeState.TAKEN, PayerCodeState.TO_CONFIRM, PayerCodeState.REFUSED},
        PayerCodeState.TAKEN: {PayerCodeState.TO_CONFIRM},
    },
)
QR_CODE_MOVES = Moves(QrCodeState, {QrCodeState.ACTIVE: {QrCodeState.REVOKED}})
USED = (PayerCodeState.TAKEN, PayerCodeState.TO_CONFIRM, PayerCodeState.REFUSED)
