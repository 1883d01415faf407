"""Lots from buying, over the API, to their end: paid, rolled, rolled again, and why not."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import public_id
from core.outbox.models import OutboxEvent
from tests.factories import api as plain
from tests.payments.wallet.world import freeze, posted
from tests.wealth.catalog.products import publish
from tests.wealth.fixed_term.world import (
    FEN,
    TERMS,
    again,
    ask_issuer,
    assert_sound,
    confirm_all,
    days_until,
    deposits,
    mature_on,
    put_away,
)
from tests.wealth.orders.world import api, go_on, order_of, paid, saver
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.catalog.services import drafting, reviewing
from wealth.fixed_term.models import FixedHolding, FixedMove, FixedRun
from wealth.issuers.models import IssuerRequest

pytestmark = pytest.mark.django_db(transaction=True)
INTEREST = FEN * 310 * 30 // (10_000 * 365)


def told(topic: str) -> list[dict[str, object]]:
    return [event.payload for event in OutboxEvent.objects.filter(topic=topic).order_by("id")]


def test_money_is_put_away_over_the_api_and_comes_back_with_its_interest_on_its_day(opened: None) -> None:
    product, who = deposits(term_days=3), saver(FEN)
    shown = api(who, "get", f"products/{product.public_id}").json()
    assert shown["details"]["tiers"][1] == {"at_least": 100_000, "below": None, "rate_bp": 310}
    made = api(who, "post", "orders", {"product_id": product.public_id, "amount": FEN, "details": {"instruction": "pay_out"}})
    assert made.status_code == 201, made.json()
    order = paid(who, order_of(made.json()))
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    body = api(who, "get", "fixed-term/holdings").json()["items"][0]
    assert (body["principal"], body["rate_bp"], body["state"]) == (FEN, 310, "held")
    assert body["starts_on"] == order.earns_from.isoformat()
    assert body["matures_on"] == shown["details"]["matures_on"]
    interest = FEN * 310 * 3 // (10_000 * 365)
    assert body["at_maturity"] == FEN + interest

    lot = FixedHolding.objects.get()
    days_until(lot.matures_on)

    assert posted(who) == FEN + interest
    body = api(who, "get", f"fixed-term/holdings/{lot.public_id}").json()
    assert (body["state"], body["paid"], body["earned"], body["principal"]) == ("matured", FEN + interest, interest, 0)
    assert [one["paid_fen"] for one in told("wealth.matured")] == [FEN + interest]
    assert movements(who)[0]["kind"] == "fixed_term_matured"
    assert ask_issuer(lot.matures_on) == 1
    request = IssuerRequest.objects.get(operation="redeem")
    assert (request.amount_fen, request.units_fen) == (FEN + interest, FEN + interest)
    confirm_all(start_of_day(lot.matures_on))
    assert ask_issuer(lot.matures_on) == 0
    assert_sound(product)


def movements(who: Customer) -> list[dict[str, Any]]:
    return list(plain(who).get("/v1/payments/wallet/movements").json()["items"])


def test_a_second_run_of_the_same_day_writes_nothing(steady: Product) -> None:
    lot = put_away(steady)
    assert mature_on(lot.matures_on - timedelta(days=1)) == 0
    assert mature_on(lot.matures_on) == 2
    before = (FixedMove.objects.count(), FixedRun.objects.count(), OutboxEvent.objects.count())
    assert mature_on(lot.matures_on) == 0
    assert (FixedMove.objects.count(), FixedRun.objects.count(), OutboxEvent.objects.count()) == before
    assert (again(lot).paid_fen, posted(lot.customer)) == (FEN + INTEREST, FEN + INTEREST)
    assert_sound(steady)


def test_rolled_twice_interest_joins_the_principal_and_nothing_is_paid_until_the_instruction_says_so(steady: Product) -> None:
    lot = put_away(steady, instruction="roll_all")
    mature_on(lot.matures_on)
    second = FixedHolding.objects.get(parent_id=lot.pk)
    assert (again(lot).state, again(lot).earned_fen, posted(lot.customer)) == ("rolled", INTEREST, 0)
    assert (second.principal_fen, second.starts_on, second.origin, second.order_id) == (FEN + INTEREST, lot.matures_on, "rolled", None)
    mature_on(second.matures_on)
    third = FixedHolding.objects.get(parent_id=second.pk)
    assert third.principal_fen == FEN + INTEREST + second.interest_fen
    assert [one["rolled_fen"] for one in told("wealth.rolled")] == [FEN + INTEREST, third.principal_fen]
    body = api(lot.customer, "post", f"fixed-term/holdings/{third.public_id}/instruction", {"instruction": "pay_out"})
    assert (body.status_code, body.json()["instruction"]) == (200, "pay_out")
    assert body.json()["rolled_from"] == second.public_id
    mature_on(third.matures_on)
    assert posted(lot.customer) == third.principal_fen + third.interest_fen
    assert not IssuerRequest.objects.filter(operation="redeem").exists()
    assert ask_issuer(third.matures_on) == 1
    assert_sound(steady)


def test_the_first_income_of_a_customer_is_told_once_also_when_a_deposit_pays_it(steady: Product) -> None:
    one, other = (put_away(steady, instruction=way) for way in ("pay_out", "roll_all"))
    mature_on(one.matures_on)
    assert {row["customer_id"] for row in told("wealth.first_income")} == {public_id("cus", lot.customer_id) for lot in (one, other)}
    rolled = FixedHolding.objects.get(state="held")
    mature_on(rolled.matures_on)
    assert len(told("wealth.first_income")) == 2


def test_rolling_the_principal_pays_the_interest(steady: Product) -> None:
    lot = put_away(steady, instruction="roll_principal")
    mature_on(lot.matures_on)
    second = FixedHolding.objects.get(parent_id=lot.pk)
    assert (second.principal_fen, posted(lot.customer)) == (FEN, INTEREST)
    ask_issuer(lot.matures_on)
    assert IssuerRequest.objects.get(operation="redeem").amount_fen == INTEREST
    assert balance(accounts.holdings(steady.id)).posted == FEN
    assert_sound(steady)


@pytest.mark.parametrize("why", ["product_not_on_sale", "instruction_not_offered", "product_riskier_now", "below_minimum"])
def test_what_cannot_go_on_is_paid_and_the_reason_is_told(steady: Product, why: str) -> None:
    lot = put_away(steady, instruction="roll_all")
    spoil(steady, why, lot)
    mature_on(lot.matures_on)
    ended = again(lot)
    assert (ended.state, ended.code, posted(lot.customer)) == ("matured", why, FEN + INTEREST)
    assert told("wealth.matured")[0]["code"] == why
    assert_sound(steady)


def spoil(product: Product, why: str, lot: FixedHolding) -> None:
    """What happens to a product between buying and the end."""
    at = clock.now()
    if why == "product_not_on_sale":
        reviewing.suspend(product_id=product.pk, reason="as agreed", at=at)
        return
    changed = {
        "instruction_not_offered": {"terms": TERMS | {"instructions": ["pay_out"]}},
        "product_riskier_now": {"risk": "R3"},
        "below_minimum": {"minimum_fen": FEN * 2},
    }[why]
    said = drafting.said(lot.version) | changed
    drafting.next_version(product_id=product.pk, values=said, at=at)
    publish(product, at)


def test_a_lot_keeps_the_rate_it_was_promised_and_what_is_rolled_takes_the_one_of_its_day(steady: Product) -> None:
    lot = put_away(steady, instruction="roll_principal")
    lower = TERMS | {"tiers": [{"at_least": 0, "below": None, "rate_bp": 100}]}
    said = drafting.said(lot.version) | {"terms": lower, "yield_kind": "fixed", "yield_low_bp": 100, "yield_high_bp": 100}
    drafting.next_version(product_id=steady.pk, values=said, at=clock.now())
    publish(steady, clock.now())
    mature_on(lot.matures_on)
    second = FixedHolding.objects.get(parent_id=lot.pk)
    assert (posted(lot.customer), second.rate_bp, second.version.number) == (INTEREST, 100, 2)
    assert_sound(steady)


def test_what_matures_reaches_a_frozen_customer(steady: Product) -> None:
    lot = put_away(steady)
    freeze(lot.customer)
    mature_on(lot.matures_on)
    assert posted(lot.customer) == FEN + INTEREST
    assert_sound(steady)
