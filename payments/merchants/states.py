"""The lives of a merchant and of what it owns, as tables; the scenes in which it is paid."""

from django.db import models

from core.moves import Moves


class Scene(models.TextChoices):
    """Where a payer meets a merchant's order."""

    IN_APP = "in_app"
    QR_PAYER = "qr_payer"
    QR_STATIC = "qr_static"
    QR_DYNAMIC = "qr_dynamic"
    DEDUCTION = "deduction"
    BILL = "bill"


class MerchantState(models.TextChoices):
    APPLIED = "applied", "To review"
    UNDER_REVIEW = "under_review"
    ACTIVE = "active"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class StoreState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class AppState(models.TextChoices):
    ACTIVE = "active"
    STOPPED = "stopped"


class KeyState(models.TextChoices):
    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


MERCHANT_MOVES = Moves(
    MerchantState,
    {
        "applied": {"under_review"},
        "under_review": {"active", "refused"},
        "refused": {"applied"},
        "active": {"suspended", "closed"},
        "suspended": {"active", "closed"},
    },
)
STORE_MOVES = Moves(StoreState, {"open": {"closed"}, "closed": {"open"}})
APP_MOVES = Moves(AppState, {"active": {"stopped"}, "stopped": {"active"}})
KEY_MOVES = Moves(KeyState, {"active": {"retired", "revoked"}})
OPENED = (MerchantState.ACTIVE, MerchantState.SUSPENDED)
"""The states in which a merchant has stores, apps and keys."""
