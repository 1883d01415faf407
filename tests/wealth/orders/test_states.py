"""The states of an order: every pair that is not in the tables is refused, by the code and by the database, for either side."""

import itertools
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.moves import WrongState, advance
from tests.rules import AT
from wealth.orders.models import WealthOrder
from wealth.orders.states import MOVES_OF, ORDER_MOVES, OrderState, Side, of_one_side, states_of

PAIRS = list(itertools.product(OrderState.values, repeat=2))
BUY = {
    ("created", "checked"), ("checked", "paid"), ("checked", "expired"), ("checked", "cancelled"), ("paid", "submitted"),
    ("paid", "cancelled"), ("paid", "failed"), ("submitted", "confirmed"), ("submitted", "rejected"), ("confirmed", "earning"),
    ("rejected", "refunding"), ("cancelled", "refunding"), ("failed", "refunding"), ("refunding", "refunded"), ("refunding", "failed"),
}  # fmt: skip
REDEEM = {
    ("created", "checked"), ("checked", "units_frozen"), ("units_frozen", "fast_paid"), ("units_frozen", "submitted"),
    ("units_frozen", "cancelled"), ("submitted", "confirmed"), ("submitted", "rejected"), ("fast_paid", "confirmed"),
    ("confirmed", "cash_paid"),
}  # fmt: skip
ALLOWED = {Side.BUY: BUY, Side.REDEEM: REDEEM}


@pytest.mark.parametrize("side", list(Side))
def test_each_side_has_exactly_the_moves_that_are_written_here(side: Side) -> None:
    assert set(MOVES_OF[side].transitions()) == ALLOWED[side]


def test_the_database_knows_which_moves_are_of_one_side_alone() -> None:
    assert set(ORDER_MOVES.transitions()) == BUY | REDEEM
    assert set(of_one_side()) == BUY ^ REDEEM


@pytest.mark.parametrize("side", list(Side))
def test_a_state_of_the_other_side_is_none_of_this_one(side: Side) -> None:
    assert set(states_of(side)) == {state for pair in ALLOWED[side] for state in pair}
