"""The lives of a card and of a binding, as tables."""

from django.db import models

from core.moves import Moves


class CardState(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    UNBOUND = "unbound"


class BindingState(models.TextChoices):
    CREATED = "created"
    SMS_SENT = "sms_sent"
    VERIFYING = "verifying"
    BOUND = "bound"
    FAILED = "failed"
    EXPIRED = "expired"


CARD_MOVES = Moves(
    CardState,
    {
        CardState.ACTIVE: {CardState.SUSPENDED, CardState.UNBOUND},
        CardState.SUSPENDED: {CardState.ACTIVE, CardState.UNBOUND},
    },
)
BINDING_MOVES = Moves(
    BindingState,
    {
        BindingState.CREATED: {BindingState.SMS_SENT, BindingState.FAILED, BindingState.EXPIRED},
        BindingState.SMS_SENT: {BindingState.VERIFYING, BindingState.FAILED, BindingState.EXPIRED},
        BindingState.VERIFYING: {BindingState.SMS_SENT, BindingState.BOUND, BindingState.FAILED, BindingState.EXPIRED},
    },
)
