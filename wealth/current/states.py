"""Words of money funds' rows, and what becomes of frozen units: frozen -> taken (redeemed) | free (given back)."""

from django.db import models

from core.moves import Moves


class Source(models.TextChoices):
    DESK = "desk"
    FILE = "file"
    ISSUER = "issuer"


class MoveKind(models.TextChoices):
    BUY = "buy"
    REDEEM = "redeem"
    FAST = "fast"


class FreezeState(models.TextChoices):
    FROZEN = "frozen"
    TAKEN = "taken"
    FREE = "free"


FREEZE_MOVES = Moves(FreezeState, {FreezeState.FROZEN: {FreezeState.TAKEN, FreezeState.FREE}})
