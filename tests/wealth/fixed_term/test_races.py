"""Two at once at one lot: each fen leaves once."""

from typing import Any

import pytest

from core.clock import queries as clock
from core.clock.queries import start_of_day
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.fixed_term.world import DAY, FEN, again, assert_sound, confirm_all, mature_on, put_away
from tests.wealth.orders.world import go_on
from wealth.catalog.models import Product
from wealth.fixed_term import maturing
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import asking, instructing
from wealth.issuers.models import IssuerRequest
from wealth.orders.models import WealthOrder
from wealth.orders.services import redeeming

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_exits_of_the_whole_at_once_one_is_made(steady: Product) -> None:
    lot = put_away(steady)
    at = clock.now()

    def leave(_: int) -> WealthOrder:
        facts: dict[str, Any] = {"customer_id": lot.customer_id, "product_id": steady.id, "holding_id": lot.pk}
        return redeeming.redeem(units_fen=FEN, fast=False, at=at, **facts)

    made = [one for one in together(leave, 4) if isinstance(one, WealthOrder)]
    assert (len(made), again(lot).frozen_fen) == (1, FEN)
    go_on(made[0].cut_at)
    confirm_all(made[0].cut_at)
    assert again(lot).state == "exited"
    go_on(start_of_day(made[0].cash_on))  # type: ignore[arg-type]
    assert posted(lot.customer) == made[0].quoted_fen
    assert_sound(steady)


def test_parts_taken_at_once_are_never_more_than_there_is(steady: Product) -> None:
    lot = put_away(steady)
    at = clock.now()

    def leave(_: int) -> WealthOrder:
        facts: dict[str, Any] = {"customer_id": lot.customer_id, "product_id": steady.id, "holding_id": lot.pk}
        return redeeming.redeem(units_fen=30_000, fast=False, at=at, **facts)

    made = [one for one in together(leave, 6) if isinstance(one, WealthOrder)]
    assert (len(made), again(lot).frozen_fen) == (3, 90_000)
    go_on(made[0].cut_at)
    confirm_all(made[0].cut_at)
    assert again(lot).principal_fen == 10_000


def test_an_instruction_and_the_end_at_the_same_moment_one_of_them_is_first_and_the_lot_ends_once(steady: Product) -> None:
    lot = put_away(steady)
    before, on = start_of_day(lot.matures_on - DAY), start_of_day(lot.matures_on)

    def act(number: int) -> Any:
        if number:
            return instructing.instruct(customer_id=lot.customer_id, holding_id=lot.pk, instruction="roll_all", at=before)
        return maturing.mature(day=lot.matures_on - DAY, part=lot.shard // 4, at=on)

    together(act, 2)
    ended = again(lot)
    rolled = FixedHolding.objects.filter(parent_id=lot.pk).count()
    assert (ended.state, rolled) in {("matured", 0), ("rolled", 1)}
    assert posted(lot.customer) == (0 if rolled else FEN + lot.interest_fen)
    assert_sound(steady)


def test_many_runs_of_the_same_part_pay_once_and_many_workers_ask_the_issuer_once(steady: Product) -> None:
    lot = put_away(steady)
    on = start_of_day(lot.matures_on)
    runs = together(lambda _: maturing.mature(day=lot.matures_on - DAY, part=lot.shard // 4, at=on), 4)
    assert sum(one for one in runs if isinstance(one, int)) >= 2
    assert posted(lot.customer) == FEN + lot.interest_fen
    together(lambda _: asking.ask(holding_id=lot.pk, at=on), 4)
    assert IssuerRequest.objects.filter(operation="redeem").count() == 1
    assert mature_on(lot.matures_on) == 0
    assert_sound(steady)
