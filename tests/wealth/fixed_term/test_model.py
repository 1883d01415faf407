"""What the database itself refuses of lots."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.clock import queries as clock
from core.ids import new_id
from tests.rules import unguarded
from tests.wealth.current.world import holder
from tests.wealth.fixed_term.world import brought, mature_on
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding, FixedMove, FixedPart, FixedRun
from wealth.fixed_term.states import LOT_MOVES, OPEN, PART_MOVES, LotState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_without_orders")]


def refused(lot: FixedHolding, **values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FixedHolding.objects.filter(pk=lot.pk).update(**values)


def test_what_a_lot_was_promised_stays(steady: Product) -> None:
    lot = brought(steady, holder())
    later = lot.matures_on + timedelta(days=1)
    for values in (
        {"rate_bp": 1},
        {"demand_rate_bp": 1},
        {"day_count": "act_360"},
        {"rounding": "half_up"},
        {"starts_on": lot.starts_on - timedelta(days=1)},
        {"ends_on": later},
        {"matures_on": later},
        {"opened_fen": 1},
        {"order_id": new_id()},
        {"customer_id": holder().pk},
        {"compounding_months": 1},
    ):
        refused(lot, **values)
    with pytest.raises(DatabaseError), transaction.atomic():
        lot.delete()


def test_amounts_states_and_dates_hold_together(steady: Product) -> None:
    lot = brought(steady, holder())
    for values in (
        {"frozen_fen": lot.principal_fen + 1},
        {"frozen_fen": -1},
        {"principal_fen": 0},
        {"principal_fen": lot.opened_fen + 1},
        {"interest_fen": -1},
        {"state": "matured", "principal_fen": 0, "interest_fen": 0, "closed_on": lot.matures_on},
        {"state": "maturing", "closed_on": lot.matures_on},
        {"paid_fen": 5},
        {"pay_journal_id": new_id()},
        {"due_at": clock.now()},
        {"instruction": "burn"},
        {"shard": 64},
    ):
        refused(lot, **values)


def test_every_move_that_the_table_does_not_have_is_refused(steady: Product) -> None:
    lot = brought(steady, holder())
    over = {"principal_fen": 0, "interest_fen": 0, "closed_on": lot.matures_on}
    there = {"principal_fen": lot.principal_fen, "interest_fen": lot.interest_fen, "closed_on": None}
    fields = {state: there if state in OPEN else over for state in LotState}
    for start in LotState:
        for to in LotState:
            if start == to or LOT_MOVES.allowed(start, to):
                continue
            with unguarded():
                FixedHolding.objects.filter(pk=lot.pk).update(state=start, **fields[start])
            refused(lot, state=to, **fields[to])


def test_a_lot_is_rolled_once_and_an_order_brings_one(steady: Product) -> None:
    lot = brought(steady, holder(), instruction="roll_all")
    mature_on(lot.matures_on)
    second = FixedHolding.objects.get(parent_id=lot.pk)
    for origin, order_id, parent_id in (
        ("rolled", None, lot.pk),
        ("order", lot.order_id, None),
        ("order", None, None),
        ("rolled", None, None),
    ):
        copy = FixedHolding.objects.get(pk=second.pk)
        copy.pk, copy.origin, copy.order_id, copy.parent_id = new_id(), origin, order_id, parent_id
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_moves_and_runs_are_never_changed_and_moves_have_their_signs(steady: Product) -> None:
    lot = brought(steady, holder())
    mature_on(lot.matures_on)
    for model in (FixedMove, FixedRun):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(created_at=clock.now())  # type: ignore[attr-defined]
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()  # type: ignore[attr-defined]
    move = FixedMove.objects.get(kind="mature")
    for kind, principal, cash in (("buy", -1, 1), ("exit", 1, -1), ("mature", -1, 1), ("roll_out", 1, 0), ("roll_in", 1, 1)):
        made = FixedMove(
            holding=lot, customer_id=lot.customer_id, shard=lot.shard, product=steady, kind=kind, principal_fen=principal, cash_fen=cash
        )
        made.day, made.created_at = move.day, move.created_at
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)


def test_a_part_that_left_does_not_come_back(steady: Product) -> None:
    lot, at = brought(steady, holder()), clock.now()
    part = FixedPart.objects.create(order_id=new_id(), holding=lot, shard=lot.shard, principal_fen=1, created_at=at, changed_at=at)
    FixedPart.objects.filter(pk=part.pk).update(state="taken")
    for state in ("frozen", "free"):
        assert not PART_MOVES.allowed("taken", state)
        with pytest.raises(IntegrityError), transaction.atomic():
            FixedPart.objects.filter(pk=part.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        FixedPart.objects.create(order_id=new_id(), holding=lot, shard=lot.shard, principal_fen=0, created_at=at, changed_at=at)
