"""The states of an order: every pair that is not in the tables is refused, by the code and by the database, for either side."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from core.ids import new_id
from core.moves import WrongState, advance
from tests.factories import customer
from tests.rules import unguarded
from tests.wealth.catalog.products import on_sale
from wealth.orders.models import BOOKED, GIVEN, WealthOrder
from wealth.orders.states import MOVES_OF, ORDER_MOVES, UNPAID, Side, of_one_side, states_of

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ROW: dict[str, Any] = {
    "shard": 1, "kind": "current", "trade_on": date(2026, 3, 2), "cut_at": AT, "confirms_on": date(2026, 3, 3), "price": 1,
    "risk": "R1", "risk_sha256": "a" * 64, "created_at": AT, "changed_at": AT,
}  # fmt: skip


def side_of(side: Side, fast: bool) -> dict[str, Any]:
    if side == Side.BUY:
        return {"side": side, "amount_fen": 100, "earns_from": date(2026, 3, 3)}
    return {"side": side, "units_fen": 100, "fast": fast, "cash_on": None if fast else date(2026, 3, 4)}


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


def values_in(state: str, side: Side, one: UUID) -> dict[str, Any]:
    """What a row in a state must have beside it; `one` stands for every other row's id."""
    booked = {"amount_fen": 100, "units_fen": 100, "book_journal_id": one} if state in BOOKED else {"book_journal_id": None}
    cash = state in ("cash_paid", "fast_paid")
    refund = {"refund_id": one} if state in ("refunding", "refunded") else {}
    paid = {"pay_journal_id": None if state in (*UNPAID, "expired", "cancelled") else one} if side == Side.BUY else {}
    at_cashier = {"cashier_order_id": None if state == "created" else one} if side == Side.BUY else {}
    request = {"request_id": one if state in GIVEN else None}
    return {"cash_journal_id": one if cash else None} | booked | refund | paid | at_cashier | request


def written(state: str, side: Side, *, fast: bool) -> WealthOrder:
    """A row in a state, put there behind the database's back."""
    one = new_id()
    with unguarded():
        return WealthOrder.objects.create(**(ROW | side_of(side, fast) | values_in(state, side, one) | {"id": one, "state": state}))


def is_fast(start: str, to: str) -> bool:
    return start == "fast_paid" or (start, to) == ("units_frozen", "fast_paid")


@pytest.mark.django_db
@pytest.mark.parametrize("side", list(Side))
def test_every_pair_that_is_not_in_the_table_is_refused_by_the_code_and_by_the_database(side: Side) -> None:
    product = on_sale()
    ROW.update(product=product, version=product.current, customer=customer())
    wrong = []
    for start, to in itertools.product(states_of(side), repeat=2):
        if start == to:
            continue
        order = written(start, side, fast=is_fast(start, to))
        allowed = (start, to) in ALLOWED[side]
        try:
            with transaction.atomic():
                values = values_in(to, side, order.pk) | ({"cash_journal_id": order.pk} if start == "fast_paid" else {})
                WealthOrder.objects.filter(pk=order.pk).update(**(values | {"state": to}))
            done = True
        except IntegrityError as refused:
            done = "wealth_order_moves" not in str(refused)
        if done != allowed:
            wrong.append((start, to))
        if not allowed:
            order = written(start, side, fast=is_fast(start, to))
            with pytest.raises(WrongState):
                advance(order, to, moves=MOVES_OF[side], at=AT)
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "side", "values"),
    [
        ("wealth_order_shard", Side.BUY, {"shard": 64}),
        ("wealth_order_state", Side.BUY, {"state": "units_frozen", "cashier_order_id": new_id(), "pay_journal_id": new_id()}),
        ("wealth_order_state", Side.REDEEM, {"state": "paid"}),
        ("wealth_order_amounts", Side.BUY, {"amount_fen": 0}),
        ("wealth_order_amounts", Side.BUY, {"amount_fen": None}),
        ("wealth_order_amounts", Side.REDEEM, {"units_fen": None}),
        ("wealth_order_amounts", Side.BUY, {"fee_fen": -1}),
        ("wealth_order_dates", Side.BUY, {"earns_from": None}),
        ("wealth_order_dates", Side.REDEEM, {"cash_on": None}),
        ("wealth_order_at_cashier", Side.REDEEM, {"cashier_order_id": new_id()}),
        ("wealth_order_paid", Side.BUY, {"state": "paid", "cashier_order_id": new_id()}),
        ("wealth_order_booked", Side.BUY, {"book_journal_id": new_id()}),
        ("wealth_order_cash", Side.REDEEM, {"cash_journal_id": new_id()}),
        ("wealth_order_priced", Side.BUY, {"price": 0}),
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(constraint: str, side: Side, values: dict[str, Any]) -> None:
    product = on_sale()
    row = ROW | side_of(side, False) | {"product": product, "version": product.current, "customer": customer()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), unguarded():
        WealthOrder.objects.create(**(row | {"id": new_id(), "state": "created"} | values))


@pytest.mark.django_db
def test_what_was_shown_and_what_was_booked_stay_and_no_order_is_deleted() -> None:
    product = on_sale()
    ROW.update(product=product, version=product.current, customer=customer())
    order = written("submitted", Side.BUY, fast=False)
    for name, values in {
        "wealth_order_stays": {"risk_sha256": "0" * 64},
        "wealth_order_once": {"pay_journal_id": new_id()},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            WealthOrder.objects.filter(pk=order.pk).update(**values)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        WealthOrder.objects.filter(pk=order.pk).delete()
    with pytest.raises(IntegrityError, match="wealth_order_moves"), transaction.atomic():
        WealthOrder.objects.create(
            **(ROW | side_of(Side.BUY, False) | values_in("paid", Side.BUY, new_id()) | {"id": new_id(), "state": "paid"})
        )
