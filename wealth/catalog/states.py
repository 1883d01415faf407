"""What a product is on its way to being sold, and the words of its four elements.

| from | to | when |
| --- | --- | --- |
| draft | reviewing | its first version is handed in |
| reviewing | draft | the review is refused or taken back |
| reviewing | on_sale | a second person approved that version |
| on_sale | suspended | an operator stops selling; holders may go on redeeming |
| suspended | on_sale | a second person approved |
| draft, on_sale, suspended | closed | for good; holders may go on redeeming |

A version: draft -> reviewing -> published | draft. A published one never changes.
"""

from django.db import models

from core.moves import Moves


class ProductState(models.TextChoices):
    DRAFT = "draft"
    REVIEWING = "reviewing"
    ON_SALE = "on_sale"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class VersionState(models.TextChoices):
    DRAFT = "draft"
    REVIEWING = "reviewing"
    PUBLISHED = "published"


class Kind(models.TextChoices):
    CURRENT = "current"
    FIXED_TERM = "fixed_term"
    INSURANCE = "insurance"
    CROWDFUNDING = "crowdfunding"
    ADVISOR = "advisor"


class Risk(models.TextChoices):
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"


class YieldKind(models.TextChoices):
    SEVEN_DAY = "seven_day"
    FIXED = "fixed"
    RANGE = "range"
    NONE = "none"


class Carry(models.TextChoices):
    DAILY = "daily"
    MONTHLY = "monthly"


class DayCountChoice(models.TextChoices):
    ACT_365F = "act_365f"
    ACT_360 = "act_360"
    THIRTY_E_360 = "30e_360"


class RoundingChoice(models.TextChoices):
    DOWN = "down"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


PRODUCT_MOVES = Moves(
    ProductState,
    {
        ProductState.DRAFT: {ProductState.REVIEWING, ProductState.CLOSED},
        ProductState.REVIEWING: {ProductState.DRAFT, ProductState.ON_SALE},
        ProductState.ON_SALE: {ProductState.SUSPENDED, ProductState.CLOSED},
        ProductState.SUSPENDED: {ProductState.ON_SALE, ProductState.CLOSED},
    },
)
VERSION_MOVES = Moves(
    VersionState,
    {
        VersionState.DRAFT: {VersionState.REVIEWING},
        VersionState.REVIEWING: {VersionState.DRAFT, VersionState.PUBLISHED},
    },
)
SHOWN = (ProductState.ON_SALE, ProductState.SUSPENDED)
"""What customers find; only what is on sale can be bought."""
