"""The life of an order, as two tables: one for a purchase, one for a redemption.

Buy:
| from      | to        | when | journal |
| --------- | --------- | ---- | ------- |
| created   | checked   | suitability, quota and calendar allow it; its order at the cashier is made | |
| checked   | paid      | the cashier's order is paid | W1, by the cashier |
| checked   | expired   | the cashier's order was closed unpaid | |
| checked, paid | cancelled | the customer called it off before the cut-off | |
| paid      | submitted | its cut-off came: the issuer is asked | |
| paid      | failed    | it could not be given to the issuer | |
| submitted | confirmed | the issuer has it | W2, by the kind's booking |
| submitted | rejected  | the issuer does not take it, or two operators ended it | |
| confirmed | earning   | its first day of income came | |
| cancelled, rejected, failed | refunding | the whole price is on its way back (never from a cancelled one that was not paid) | |
| refunding | refunded  | the money is back | W9, by refunds |
| refunding | failed    | the refund was given up: an operator's case | |

Redeem:
| from         | to           | when | journal |
| ------------ | ------------ | ---- | ------- |
| created      | checked      | the customer may, and the calendar has its days | |
| checked      | units_frozen | the units wait | |
| units_frozen | fast_paid    | the cash was advanced at once; the issuer is asked | W6 |
| units_frozen | submitted    | its cut-off came: the issuer is asked | |
| units_frozen | cancelled    | the customer called it off before the cut-off; the units are free | |
| submitted    | confirmed    | the issuer gave the money for the units | W4, by the kind's booking |
| submitted    | rejected     | the issuer does not take it; the units are free | |
| fast_paid    | confirmed    | the issuer gave the money for the units: the advance is settled | W7, by the kind's booking |
| confirmed    | cash_paid    | its pay day came (not of a fast one, which was paid) | W5 |
"""

from datetime import timedelta

from django.db import models

from core.moves import Moves


class Side(models.TextChoices):
    BUY = "buy"
    REDEEM = "redeem"


class OrderState(models.TextChoices):
    CREATED = "created"
    CHECKED = "checked"
    PAID = "paid"
    UNITS_FROZEN = "units_frozen"
    FAST_PAID = "fast_paid"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    EARNING = "earning"
    CASH_PAID = "cash_paid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


BUY_MOVES = Moves(
    OrderState,
    {
        OrderState.CREATED: {OrderState.CHECKED},
        OrderState.CHECKED: {OrderState.PAID, OrderState.EXPIRED, OrderState.CANCELLED},
        OrderState.PAID: {OrderState.SUBMITTED, OrderState.CANCELLED, OrderState.FAILED},
        OrderState.SUBMITTED: {OrderState.CONFIRMED, OrderState.REJECTED},
        OrderState.CONFIRMED: {OrderState.EARNING},
        OrderState.REJECTED: {OrderState.REFUNDING},
        OrderState.CANCELLED: {OrderState.REFUNDING},
        OrderState.FAILED: {OrderState.REFUNDING},
        OrderState.REFUNDING: {OrderState.REFUNDED, OrderState.FAILED},
    },
)
REDEEM_MOVES = Moves(
    OrderState,
    {
        OrderState.CREATED: {OrderState.CHECKED},
        OrderState.CHECKED: {OrderState.UNITS_FROZEN},
        OrderState.UNITS_FROZEN: {OrderState.FAST_PAID, OrderState.SUBMITTED, OrderState.CANCELLED},
        OrderState.SUBMITTED: {OrderState.CONFIRMED, OrderState.REJECTED},
        OrderState.FAST_PAID: {OrderState.CONFIRMED},
        OrderState.CONFIRMED: {OrderState.CASH_PAID},
    },
)
MOVES_OF = {Side.BUY: BUY_MOVES, Side.REDEEM: REDEEM_MOVES}


def both() -> Moves:
    """Every move of either side, for the database's guard; `of_one_side` says which belong to one alone."""
    table: dict[str, set[str]] = {}
    for moves in MOVES_OF.values():
        for start, to in moves.transitions():
            table.setdefault(start, set()).add(to)
    return Moves(OrderState, table)


def of_one_side() -> dict[tuple[str, str], str]:
    """What the row must be for each move that one side alone may make, as SQL on NEW."""
    return {
        pair: f"NEW.side = '{side.value}'"
        for side, moves in MOVES_OF.items()
        for pair in moves.transitions()
        if all(other is side or not theirs.allowed(*pair) for other, theirs in MOVES_OF.items())
    }


def states_of(side: Side) -> list[str]:
    """The states a row of that side can be in."""
    pairs = MOVES_OF[side].transitions()
    return sorted({state for pair in pairs for state in pair})


ORDER_MOVES = both()
UNPAID = (OrderState.CREATED, OrderState.CHECKED)
GOES_BACK = (OrderState.REJECTED, OrderState.CANCELLED, OrderState.FAILED)
"""A paid purchase that came to nothing: the money goes back next."""
OPEN = (
    *UNPAID, OrderState.PAID, OrderState.UNITS_FROZEN, OrderState.FAST_PAID, OrderState.SUBMITTED, OrderState.REFUNDING,
)  # fmt: skip
"""Somebody owes the next step, whatever else the row says (`due_at` says so of the rest)."""
WITH_ISSUER = (OrderState.SUBMITTED, OrderState.FAST_PAID)
RETRY = timedelta(minutes=10)
LATE = timedelta(minutes=15)
"""A step that was due this long ago is stuck."""
