"""The lives of an order that is to be split and of a receiver, as tables.

| money | where |
| --- | --- |
| an order flagged for splitting is paid | merchant:pending, out of settlement while it is `open` |
| split | merchant:pending -> the receivers (merchant:pending, user:balance) |
| returned | the receivers -> merchant:pending |
| a refund it was returned for is given up | merchant:pending -> the receivers, as a split of its own (`refund:rfd_...`) |
| `finished`, or its days are over | what is left in merchant:pending is settled with the next day |
"""

from django.db import models

from core.moves import Moves


class SplitOrderState(models.TextChoices):
    OPEN = "open"
    FINISHED = "finished"


class ReceiverKind(models.TextChoices):
    MERCHANT = "merchant"
    CUSTOMER = "customer"


class ReceiverState(models.TextChoices):
    ACTIVE = "active"
    REMOVED = "removed"


class ReturnCause(models.TextChoices):
    """`refund`: taken back because a refund needs it."""

    ASKED = "asked"
    REFUND = "refund"


GIVEN_AGAIN = "refund:"
"""Begins the number of a split that gives receivers again what a refund had needed; no merchant's own number has a colon."""
SPLIT_ORDER_MOVES = Moves(SplitOrderState, {SplitOrderState.OPEN: {SplitOrderState.FINISHED}})
RECEIVER_MOVES = Moves(ReceiverState, {ReceiverState.ACTIVE: {ReceiverState.REMOVED}, ReceiverState.REMOVED: {ReceiverState.ACTIVE}})
