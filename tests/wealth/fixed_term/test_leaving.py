"""Taking fixed terms early over the API: a part, the rest, what is refused, and what the preview shows."""

from datetime import timedelta
from functools import partial

import pytest

from core.clock import queries as clock
from core.clock.queries import start_of_day
from tests.payments.wallet.world import posted
from tests.wealth.fixed_term.world import (
    FEN,
    again,
    assert_sound,
    confirm_all,
    deposits,
    mature_on,
    put_away,
)
from tests.wealth.orders.world import api, go_on, order_of, reject_all, saver, wait_until
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding, FixedPart
from wealth.fixed_term.refusals import InstructionLate, LotEnded, MaturesBefore
from wealth.fixed_term.services.instructing import instruct
from wealth.fixed_term.services.lots import leaving
from wealth.fixed_term.worth import accrued
from wealth.orders.models import WealthOrder
from wealth.rules.fixed import early_exit

pytestmark = pytest.mark.django_db(transaction=True)


def asked(lot: FixedHolding, fen: int) -> dict[str, object]:
    return {"product_id": lot.product.public_id, "units": fen, "holding_id": lot.public_id}


def test_a_part_and_then_the_rest_leave_early_for_exactly_what_was_shown(steady: Product) -> None:
    lot = put_away(steady)
    who = lot.customer
    preview = api(who, "post", "redemptions/preview", asked(lot, 40_000)).json()
    made = api(who, "post", "redemptions", asked(lot, 40_000))
    assert made.status_code == 201, made.json()
    order = order_of(made.json())
    held = (order.confirms_on - lot.starts_on).days
    exact = early_exit(
        principal_fen=FEN, withdrawn_fen=40_000, contract_rate_bp=310, demand_rate_bp=25, term_days=30, held_days=max(held, 0)
    )
    assert preview["worth"] == 40_000 + exact.withdrawn_interest_fen == order.quoted_fen
    assert made.json()["holding_id"] == lot.public_id
    body = api(who, "get", f"fixed-term/holdings/{lot.public_id}").json()
    assert (body["frozen"], body["free"]) == (40_000, 60_000)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    rest = again(lot)
    assert (rest.principal_fen, rest.frozen_fen, rest.interest_fen) == (60_000, 0, exact.rest_interest_fen)
    go_on(wait_until(order.cash_on))
    assert posted(who) == preview["worth"]

    last = order_of(api(who, "post", "redemptions", asked(lot, 60_000)).json())
    go_on(last.cut_at)
    confirm_all(last.cut_at)
    ended = again(lot)
    assert (ended.state, ended.principal_fen, ended.interest_fen) == ("exited", 0, 0)
    go_on(wait_until(last.cash_on))
    assert posted(who) == preview["worth"] + last.quoted_fen
    assert mature_on(lot.matures_on) == 0
    assert_sound(steady)


def test_what_stays_is_enough_or_what_is_possible_is_said(steady: Product) -> None:
    lot = put_away(steady)
    answer = api(lot.customer, "post", "redemptions", asked(lot, FEN - 9_999))
    assert (answer.status_code, answer.json()["code"]) == (422, "fixed_term_rest_too_small")
    assert "90000" in answer.json()["detail"]
    too_much = api(lot.customer, "post", "redemptions/preview", asked(lot, FEN + 1))
    assert (too_much.status_code, too_much.json()["code"]) == (422, "fixed_term_not_free")
    assert api(lot.customer, "post", "redemptions", asked(lot, 1) | {"fast": True}).json()["code"] == "fast_redemption_not_offered"
    assert (again(lot).frozen_fen, WealthOrder.objects.filter(side="redeem").count()) == (0, 0)


def test_a_locked_term_another_persons_lot_and_a_lot_that_is_not_named_are_refused(opened: None) -> None:
    product = deposits({"early_exit": False}, locked=True)
    lot, other = put_away(product), saver()
    assert api(lot.customer, "post", "redemptions", asked(lot, FEN)).json()["code"] == "fixed_term_locked"
    for path in ("redemptions", "redemptions/preview"):
        assert api(other, "post", path, asked(lot, FEN)).status_code == 404
    unnamed = api(lot.customer, "post", "redemptions", {"product_id": product.public_id, "units": FEN})
    assert unnamed.status_code == 422
    assert api(other, "get", f"fixed-term/holdings/{lot.public_id}").status_code == 404
    assert api(other, "post", f"fixed-term/holdings/{lot.public_id}/instruction", {"instruction": "pay_out"}).status_code == 404
    body = api(lot.customer, "get", f"fixed-term/holdings/{lot.public_id}").json()
    assert (body["now"], body["now_why"]) == (None, "fixed_term_locked")


def test_an_exit_that_would_end_on_the_day_itself_is_refused(steady: Product) -> None:
    lot = again(put_away(steady))
    with pytest.raises(MaturesBefore):
        leaving(lot, part_fen=FEN, confirms_on=lot.matures_on)
    assert leaving(lot, part_fen=FEN, confirms_on=lot.matures_on - timedelta(days=1)).worth_fen > FEN


def test_a_part_that_comes_back_after_the_day_is_paid_by_the_next_run(steady: Product) -> None:
    lot = put_away(steady)
    order = order_of(api(lot.customer, "post", "redemptions", asked(lot, 40_000)).json())
    go_on(order.cut_at)
    assert mature_on(lot.matures_on) == 1
    assert (again(lot).state, posted(lot.customer)) == ("maturing", 0)
    reject_all(order.cut_at, code="CLOSED", sides=("redeem",))
    assert (again(lot).frozen_fen, FixedPart.objects.get().state) == (0, "free")
    next_day = lot.matures_on + timedelta(days=1)
    while not mature_on(next_day):
        next_day += timedelta(days=1)
    assert (again(lot).state, posted(lot.customer)) == ("matured", FEN + lot.interest_fen)
    assert_sound(steady)


def test_a_cancelled_exit_frees_its_part(steady: Product) -> None:
    lot = put_away(steady)
    order = order_of(api(lot.customer, "post", "redemptions", asked(lot, 40_000)).json())
    assert api(lot.customer, "post", f"orders/{order.public_id}/cancel").json()["state"] == "cancelled"
    assert again(lot).frozen_fen == 0
    assert_sound(steady)


def test_the_instruction_is_one_of_the_terms_and_may_be_changed_until_the_day_before(steady: Product) -> None:
    lot = put_away(steady)
    path = f"fixed-term/holdings/{lot.public_id}/instruction"
    assert api(lot.customer, "post", path, {"instruction": "roll_all"}, key="k").json()["instruction"] == "roll_all"
    assert api(lot.customer, "post", path, {"instruction": "burn"}).status_code == 422
    chosen = partial(instruct, customer_id=lot.customer_id, holding_id=lot.pk, instruction="pay_out")
    with pytest.raises(InstructionLate):
        chosen(at=start_of_day(lot.matures_on))
    chosen(at=start_of_day(lot.matures_on) - timedelta(seconds=1))
    mature_on(lot.matures_on)
    with pytest.raises(LotEnded):
        chosen(at=clock.now())
    assert again(lot).state == "matured"


def test_accrued_grows_day_by_day_to_what_the_end_pays(steady: Product) -> None:
    lot = put_away(steady)
    days = [accrued(lot, lot.starts_on + timedelta(days=number)) for number in range(32)]
    assert days == sorted(days)
    assert (days[0], days[30], days[31]) == (0, lot.interest_fen, lot.interest_fen)
