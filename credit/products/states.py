"""What a credit product is on its way to being offered, and the words its terms are made of.

| from | to | when |
| --- | --- | --- |
| draft | reviewing | its first version is handed in |
| reviewing | draft | the review is taken back |
| reviewing | on_offer | a second person approved that version |
| on_offer | suspended | an operator stops lending; who owes pays back as agreed |
| suspended | on_offer | a second person approved |
| draft, on_offer, suspended | closed | for good; who owes pays back as agreed |

A version: draft -> reviewing -> published | draft. A published one never changes: contracts point to it.
"""

from django.db import models

from core.moves import Moves


class CreditProductState(models.TextChoices):
    DRAFT = "draft"
    REVIEWING = "reviewing"
    ON_OFFER = "on_offer"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class CreditVersionState(models.TextChoices):
    DRAFT = "draft"
    REVIEWING = "reviewing"
    PUBLISHED = "published"


class CreditKind(models.TextChoices):
    """What a product lends for: paying at the cashier, or money in hand."""

    CREDIT_PAY = "credit_pay"
    CASH = "cash"


CREDIT_PRODUCT_MOVES = Moves(
    CreditProductState,
    {
        CreditProductState.DRAFT: {CreditProductState.REVIEWING, CreditProductState.CLOSED},
        CreditProductState.REVIEWING: {CreditProductState.DRAFT, CreditProductState.ON_OFFER},
        CreditProductState.ON_OFFER: {CreditProductState.SUSPENDED, CreditProductState.CLOSED},
        CreditProductState.SUSPENDED: {CreditProductState.ON_OFFER, CreditProductState.CLOSED},
    },
)
CREDIT_VERSION_MOVES = Moves(
    CreditVersionState,
    {
        CreditVersionState.DRAFT: {CreditVersionState.REVIEWING},
        CreditVersionState.REVIEWING: {CreditVersionState.DRAFT, CreditVersionState.PUBLISHED},
    },
)
SHOWN = (CreditProductState.ON_OFFER, CreditProductState.SUSPENDED)
"""What customers find; only what is on offer lends."""
