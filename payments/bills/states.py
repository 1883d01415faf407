"""The life of a bill's payment, as a table. The room moves no money itself: the cashier takes it, refunds gives it back.

| from      | to        | when | journal |
| --------- | --------- | ---- | ------- |
| created   | closed    | its order is closed unpaid | |
| created   | paid      | its order is paid | cashier.pay, by the cashier |
| paid      | settled   | the biller took it | |
| paid      | unknown   | the biller was told and has not said; asked again, then an operator's work item | |
| paid, unknown | refused | the biller did not take it, and said so | |
| unknown   | settled   | the biller had taken it | |
| refused   | refunding | the refund of the whole order has begun (as often as it is refused, by the sweeper; an operator is asked) | |
| refunding | refunded  | the money is back | refund.done, by refunds |
| refunding | refused   | the refund failed for good: an operator's turn | |
"""

from datetime import datetime, timedelta

from django.db import models

from core.moves import Moves


class BillState(models.TextChoices):
    CREATED = "created"
    CLOSED = "closed"
    PAID = "paid"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    REFUSED = "refused"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class BillerCategory(models.TextChoices):
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    PHONE = "phone"


BILL_MOVES = Moves(
    BillState,
    {
        BillState.CREATED: {BillState.CLOSED, BillState.PAID},
        BillState.PAID: {BillState.SETTLED, BillState.UNKNOWN, BillState.REFUSED},
        BillState.UNKNOWN: {BillState.SETTLED, BillState.REFUSED},
        BillState.REFUSED: {BillState.REFUNDING},
        BillState.REFUNDING: {BillState.REFUNDED, BillState.REFUSED},
    },
)
OPEN = (BillState.PAID, BillState.UNKNOWN, BillState.REFUSED, BillState.REFUNDING)
"""Somebody owes the next step: the biller its word, or we the money."""
DUE = (BillState.PAID, BillState.UNKNOWN, BillState.REFUSED)
UNDECIDED = (BillState.CREATED, BillState.PAID, BillState.UNKNOWN)
TAKES = (BillState.PAID, BillState.UNKNOWN, BillState.SETTLED)
"""The bill is being paid by this payment, or was."""
LEASE = timedelta(seconds=60)
ASK_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 5, 5, 5, 5, 5, 60, 300, 1800, 3600, 21600))
REFUND_AFTER = timedelta(minutes=10)


def next_ask(at: datetime, asked: int) -> datetime:
    """When the biller is asked next after so many questions: for as long as it does not say."""
    return at + ASK_AFTER[min(asked, len(ASK_AFTER) - 1)]


def wants_operator(asked: int) -> bool:
    return asked >= len(ASK_AFTER)
