"""The lives of an order, of one attempt to pay it, and of one leg of its funding, as tables."""

from collections.abc import Mapping

from django.db import models

from core.moves import Moves


class OrderState(models.TextChoices):
    """`paying`: an attempt waits for its channel. `closing`: being closed at the channel first; from here on a success is late.
    `paid_late`, `refunding`, `late_refunded`: a late success on its way back to the payer; `to_manual`: the channel would not take it
    back, an operator's turn; `by_hand`: it went back from the platform's bank account."""

    CREATED = "created"
    PAYING = "paying"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    CLOSING = "closing"
    CLOSED = "closed"
    PAID_LATE = "paid_late"
    REFUNDING = "refunding"
    LATE_REFUNDED = "late_refunded"
    TO_MANUAL = "to_manual"
    BY_HAND = "by_hand"


class AttemptState(models.TextChoices):
    """`given_up`: its order was closed while the channel still owed its word. `late`: the word was a success, or became one after it had
    been a refusal."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    LATE = "late"


class PaymentResult(models.TextChoices):
    """What an attempt is to its payer. `needs_step_up`: refused, until the payer shows a stronger proof."""

    PENDING = "pending"
    PAID = "paid"
    REFUSED = "refused"
    NEEDS_STEP_UP = "needs_step_up"


class LegKind(models.TextChoices):
    DISCOUNT = "discount"
    FUNDING = "funding"


class PartyAsked(models.TextChoices):
    """Whether a method takes a party beside its ref."""

    NONE = "none"
    OPTIONAL = "optional"
    NEEDED = "needed"


class ActionKind(models.TextChoices):
    """What a payer does outside: scan a code, hand fields to another app, confirm there, go to a page."""

    SCAN = "scan"
    INVOKE = "invoke"
    CONFIRM = "confirm"
    REDIRECT = "redirect"


class LegState(models.TextChoices):
    """`unknown`: the channel was asked and has not said yet what became of it. `released` goes on to `committed` for an external leg alone,
    whose channel took the money after all."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"
    UNKNOWN = "unknown"


ORDER_MOVES = Moves(
    OrderState,
    {
        OrderState.CREATED: {OrderState.PAYING, OrderState.PAID, OrderState.CLOSED},
        OrderState.PAYING: {OrderState.CREATED, OrderState.PAID, OrderState.CLOSING},
        OrderState.CLOSING: {OrderState.CLOSED, OrderState.PAID_LATE},
        OrderState.CLOSED: {OrderState.PAID_LATE},
        OrderState.PAID_LATE: {OrderState.REFUNDING},
        OrderState.REFUNDING: {OrderState.LATE_REFUNDED, OrderState.TO_MANUAL},
        OrderState.TO_MANUAL: {OrderState.PAID_LATE, OrderState.BY_HAND},
        OrderState.PAID: {OrderState.PARTIALLY_REFUNDED, OrderState.REFUNDED},
        OrderState.PARTIALLY_REFUNDED: {OrderState.REFUNDED},
    },
)
ATTEMPT_MOVES = Moves(
    AttemptState,
    {
        AttemptState.OPEN: {AttemptState.SUCCEEDED, AttemptState.FAILED, AttemptState.GIVEN_UP, AttemptState.LATE},
        AttemptState.GIVEN_UP: {AttemptState.FAILED, AttemptState.LATE},
        AttemptState.FAILED: {AttemptState.LATE},
    },
)
LEG_MOVES = Moves(
    LegState,
    {
        LegState.HELD: {LegState.COMMITTED, LegState.RELEASED, LegState.UNKNOWN},
        LegState.UNKNOWN: {LegState.COMMITTED, LegState.RELEASED},
        LegState.RELEASED: {LegState.COMMITTED},
    },
)
TOLD_PAYER = {
    OrderState.CREATED: "payable",
    OrderState.PAYING: "processing",
    OrderState.PAID: "paid",
    OrderState.PARTIALLY_REFUNDED: "partially_refunded",
    OrderState.REFUNDED: "refunded",
    OrderState.CLOSING: "closed",
    OrderState.CLOSED: "closed",
    OrderState.PAID_LATE: "returning",
    OrderState.REFUNDING: "returning",
    OrderState.TO_MANUAL: "returning",
    OrderState.LATE_REFUNDED: "returned",
    OrderState.BY_HAND: "returned",
}
TOLD_MERCHANT = {
    OrderState.CREATED: "created",
    OrderState.PAYING: "paying",
    OrderState.PAID: "paid",
    OrderState.PARTIALLY_REFUNDED: "partially_refunded",
    OrderState.REFUNDED: "refunded",
    OrderState.CLOSING: "closing",
    OrderState.CLOSED: "closed",
    OrderState.PAID_LATE: "closed",
    OrderState.REFUNDING: "closed",
    OrderState.TO_MANUAL: "closed",
    OrderState.LATE_REFUNDED: "closed",
    OrderState.BY_HAND: "closed",
}
"""What came late is between the payer and us: to the merchant the order stays closed."""


def told_as(told: Mapping[OrderState, str], word: str) -> list[str]:
    """The states that are told by one word."""
    return [state.value for state, said in told.items() if said == word]


ATTEMPT_RESULTS = {
    AttemptState.OPEN: PaymentResult.PENDING,
    AttemptState.SUCCEEDED: PaymentResult.PAID,
    AttemptState.FAILED: PaymentResult.REFUSED,
    AttemptState.GIVEN_UP: PaymentResult.REFUSED,
    AttemptState.LATE: PaymentResult.REFUSED,
}
UNPAID = (OrderState.CREATED, OrderState.PAYING)
KEPT = (OrderState.PAID, OrderState.PARTIALLY_REFUNDED, OrderState.REFUNDED)
"""Paid, and the money the merchant's, as far as it was not refunded."""
LATE = (OrderState.PAID_LATE, OrderState.REFUNDING, OrderState.LATE_REFUNDED, OrderState.TO_MANUAL, OrderState.BY_HAND)
PRODUCT = "product"
"""The scene of orders that pay a payee: no merchant sells there, and no merchant has rates for it."""
