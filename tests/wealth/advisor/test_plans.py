"""From advice to holdings that fit the model: shown first, ordered once and only by its customer, as it was shown or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from core.ids import parse_public_id
from core.outbox.models import OutboxEvent
from payments.cashier import queries as cashier
from tests.factories import api
from tests.payments.cashier.world import BALANCE, pay
from tests.payments.wallet.world import posted
from tests.query_counts import assert_queries_do_not_grow
from tests.together import together
from tests.wealth.advisor.world import bought, model
from tests.wealth.catalog.products import VALUES, on_sale, publish
from tests.wealth.fixed_term.world import deposits
from tests.wealth.orders.world import assert_whole, confirm_all, go_on, paid, saver, units_of, wait_until
from tests.wealth.suitability.people import profiled
from wealth.advisor import advice, queries
from wealth.advisor.models import AdvisorItem, AdvisorPlan
from wealth.advisor.refusals import NoModel, NothingToDo, PlanChanged, PlanOver
from wealth.advisor.services import confirming, planning
from wealth.catalog.models import Product
from wealth.catalog.services import drafting, reviewing
from wealth.orders.models import WealthOrder

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/v1/wealth/advisor"
FEN = 5_000_000
Funds = tuple[Product, Product]


def all_done() -> None:
    """Every order that is paid or frozen is confirmed, and paid out."""
    order = WealthOrder.objects.order_by("-cut_at").first()
    assert order is not None
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    for sold in WealthOrder.objects.filter(side="redeem", fast=False):
        go_on(wait_until(sold.cash_on))


def test_advice_a_plan_and_its_confirmed_and_paid_orders_bring_the_holdings_to_the_model(funds: Funds) -> None:
    first, second = funds
    chosen = model({first: 6_000, second: 4_000})
    who = saver(FEN)
    bought(who, (first, 50_000))
    client = api(who)
    told = client.get(ROOT).json()
    assert (told["profile"], told["level"], told["model"]["id"]) == ("valid", "C3", chosen.public_id)
    assert (told["invested"], told["balance"], told["drift_bp"], told["suggested"]) == (50_000, 4_950_000, "4000.00", True)
    assert [(one["product"]["id"], one["value"], one["target_bp"], one["part_bp"]) for one in told["positions"]] == [
        (first.public_id, 50_000, 6_000, "10000.00"),
        (second.public_id, 0, 4_000, "0.00"),
    ]
    shown = client.post(f"{ROOT}/plans", {"cash": 50_000}).json()
    assert (shown["state"], shown["drift_bp"], shown["drift_after_bp"], shown["left"]) == ("shown", "4000.00", "0.00", 0)
    assert [(one["side"], one["amount"], one["order_id"]) for one in shown["items"]] == [("buy", 10_000, None), ("buy", 40_000, None)]
    assert all(one["risk_text"] and one["trade_on"] and one["price"] == "1.000000" for one in shown["items"])
    assert WealthOrder.objects.filter(state="checked").count() == 0
    done = client.post(f"{ROOT}/plans/{shown['id']}/confirm").json()
    assert (done["state"], [one["code"] for one in done["items"]]) == ("confirmed", ["", ""])
    asked = [client.get(f"/v1/wealth/orders/{item['order_id']}").json()["pay_order_id"] for item in done["items"]]
    for one in asked:
        pay(who, cashier.order(parse_public_id("ord", one)), BALANCE, pin=True)
    client = api(who)
    assert client.get(ROOT).json()["drift_bp"] == "0.00"
    all_done()
    assert (units_of(who, first), units_of(who, second), posted(who)) == (60_000, 40_000, 4_900_000)
    assert (client.get(ROOT).json()["drift_bp"], client.get(ROOT).json()["suggested"]) == ("0.00", False)
    assert client.get(f"{ROOT}/plans/{shown['id']}").json()["items"] == done["items"]
    assert [row["id"] for row in client.get(f"{ROOT}/plans").json()["items"]] == [shown["id"]]
    assert_whole(first, units=60_000)
    assert_whole(second, units=40_000)
    topics = list(OutboxEvent.objects.filter(topic__startswith="wealth.plan_").order_by("id").values_list("topic", flat=True))
    assert topics == ["wealth.plan_shown", "wealth.plan_confirmed"]


def test_what_can_be_sold_at_once_pays_for_purchases_now_and_the_rest_waits_for_its_money(funds: Funds) -> None:
    quick, slow = funds
    model({quick: 5_000, slow: 5_000})
    ann = saver(FEN)
    bought(ann, (quick, 50_000))
    plan = planning.show(customer_id=ann.id, cash_fen=0, at=clock.now())
    assert [(one.side, one.amount_fen, one.fast) for one in queries.items(plan.id)] == [("buy", 25_000, False), ("redeem", 25_000, True)]
    assert (plan.left_fen, plan.after_e2bp) == (0, 0)
    confirming.confirm(customer_id=ann.id, plan_id=plan.id, at=clock.now())
    assert posted(ann) == FEN - 50_000 + 25_000
    bob = saver(FEN)
    bought(bob, (slow, 50_000))
    plan = planning.show(customer_id=bob.id, cash_fen=0, at=clock.now())
    items = list(queries.items(plan.id))
    assert [(one.side, one.amount_fen, one.fast, one.cash_on is None) for one in items] == [("redeem", 25_000, False, False)]
    assert plan.left_fen == 25_000
    confirming.confirm(customer_id=bob.id, plan_id=plan.id, at=clock.now())
    assert advice.standing(bob.id, clock.now()).coming_fen == 25_000
    with pytest.raises(NothingToDo):
        planning.show(customer_id=bob.id, cash_fen=0, at=clock.now())
    all_done()
    news = OutboxEvent.objects.get(topic="wealth.plan_money_in")
    assert (news.payload["plan"], news.payload["amount_fen"]) == (plan.public_id, 25_000)
    after = planning.show(customer_id=bob.id, cash_fen=25_000, at=clock.now())
    assert [(one.side, one.amount_fen) for one in queries.items(after.id)] == [("buy", 25_000)]
    assert after.after_e2bp == 0


def test_below_the_band_nothing_is_sold_and_new_money_buys_what_is_short(funds: Funds) -> None:
    first, second = funds
    model({first: 5_000, second: 5_000})
    who = saver(FEN)
    bought(who, (first, 52_000), (second, 48_000))
    assert not advice.standing(who.id, clock.now()).suggested
    with pytest.raises(NothingToDo):
        planning.show(customer_id=who.id, cash_fen=0, at=clock.now())
    plan = planning.show(customer_id=who.id, cash_fen=20_000, at=clock.now())
    assert [(one.product_id, one.amount_fen) for one in queries.items(plan.id)] == [(second.id, 12_000)]


def test_a_fixed_term_is_bought_as_its_kind_likes_it_and_counted_but_never_sold_by_a_plan(funds: Funds) -> None:
    term = deposits(minimum_fen=10_000)
    model({funds[0]: 5_000, term: 5_000})
    who = saver(FEN)
    plan = planning.show(customer_id=who.id, cash_fen=40_000, at=clock.now())
    confirming.confirm(customer_id=who.id, plan_id=plan.id, at=clock.now())
    for order in WealthOrder.objects.filter(state="checked"):
        paid(who, order)
    all_done()
    assert {one.product.id: one.value_fen for one in advice.standing(who.id, clock.now()).positions} == {
        funds[0].id: 20_000,
        term.id: 20_000,
    }
    model({funds[0]: 10_000}, starts_on=clock.local_day(clock.now()))
    assert advice.standing(who.id, clock.now()).suggested
    with pytest.raises(NothingToDo):
        planning.show(customer_id=who.id, cash_fen=0, at=clock.now())


def test_a_plan_confirmed_from_twenty_threads_orders_once(funds: Funds) -> None:
    model({funds[0]: 10_000})
    who = saver(FEN)
    plan = planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    found = together(lambda _: confirming.confirm(customer_id=who.id, plan_id=plan.id, at=clock.now()), 20)
    assert {one.state for one in found} == {"confirmed"}
    assert WealthOrder.objects.count() == 1
    assert AdvisorItem.objects.get().order_id == WealthOrder.objects.get().id


def test_many_plans_shown_at_once_leave_one_and_a_replaced_or_expired_one_is_refused(funds: Funds) -> None:
    model({funds[0]: 10_000})
    who = saver(FEN)
    together(lambda _: planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now()), 5)
    assert sorted(AdvisorPlan.objects.values_list("state", flat=True)) == ["replaced"] * 4 + ["shown"]
    for row in AdvisorPlan.objects.filter(state="replaced")[:1]:
        with pytest.raises(PlanOver):
            confirming.confirm(customer_id=who.id, plan_id=row.id, at=clock.now())
    last = AdvisorPlan.objects.get(state="shown")
    with pytest.raises(PlanOver):
        confirming.confirm(customer_id=who.id, plan_id=last.id, at=last.expires_at)
    assert confirming.expire(at=last.expires_at - timedelta(microseconds=1)) == 0
    assert (confirming.expire(at=last.expires_at), confirming.expire(at=last.expires_at)) == (1, 0)
    assert api(who).get(f"{ROOT}/plans/{last.public_id}").json()["state"] == "expired"
    assert WealthOrder.objects.count() == 0


def test_a_changed_model_profile_or_offer_is_refused_and_nothing_is_ordered(funds: Funds) -> None:
    first, second = funds
    model({first: 10_000})
    ann, bob, cat = saver(FEN), saver(FEN), saver(FEN)
    plans = {who.id: planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now()) for who in (ann, bob, cat)}
    profiled(ann, "C4")
    refused(ann, plans[ann.id])
    again = drafting.next_version(product_id=first.id, values=VALUES | {"minimum_fen": 200}, at=clock.now())
    publish(again.product)
    refused(bob, plans[bob.id])
    fresh = planning.show(customer_id=cat.id, cash_fen=100_000, at=clock.now())
    model({second: 10_000}, starts_on=clock.local_day(clock.now()))
    refused(cat, fresh)
    assert WealthOrder.objects.count() == 0


def refused(who: Any, plan: AdvisorPlan) -> None:
    with pytest.raises(PlanChanged):
        confirming.confirm(customer_id=who.id, plan_id=plan.id, at=clock.now())


def test_an_order_that_is_refused_says_why_and_the_others_go_on(funds: Funds, opened: None) -> None:
    scarce = on_sale(minimum_fen=100, total_quota_fen=60_000)
    model({funds[0]: 5_000, scarce: 5_000})
    ann, bob = saver(FEN), saver(FEN)
    plan = planning.show(customer_id=ann.id, cash_fen=100_000, at=clock.now())
    other = planning.show(customer_id=bob.id, cash_fen=100_000, at=clock.now())
    confirming.confirm(customer_id=bob.id, plan_id=other.id, at=clock.now())
    done = api(ann).post(f"{ROOT}/plans/{plan.public_id}/confirm").json()
    said = {one["product"]["code"]: (one["code"], one["order_id"] is not None) for one in done["items"]}
    assert said == {funds[0].code: ("", True), scarce.code: ("product_quota_used_up", False)}
    reviewing.suspend(product_id=scarce.id, reason="nothing is left", at=clock.now())
    third = planning.show(customer_id=saver(FEN).id, cash_fen=100_000, at=clock.now())
    assert third.left_out == [[scarce.public_id, "product_not_on_sale"]]
    assert [one.product_id for one in queries.items(third.id)] == [funds[0].id]


def test_without_a_profile_or_a_model_there_is_no_plan_and_of_anothers_nothing_is_told(funds: Funds) -> None:
    who, nobody = saver(FEN), saver(FEN)
    with pytest.raises(NoModel):
        planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    model({funds[0]: 10_000})
    plan = planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    stranger = api(nobody)
    assert stranger.get(f"{ROOT}/plans/{plan.public_id}").status_code == 404
    assert stranger.post(f"{ROOT}/plans/{plan.public_id}/confirm").status_code == 404
    late = clock.now() + timedelta(days=800)
    found = advice.standing(who.id, late)
    assert (found.profile, found.level, found.model, found.drift_e2bp) == ("expired", "", None, None)
    with pytest.raises(DomainError, match="suitability_profile_expired"):
        planning.show(customer_id=who.id, cash_fen=1, at=late)


def test_advice_and_the_list_of_plans_take_the_same_queries_for_few_and_many(funds: Funds) -> None:
    one, many = saver(FEN), saver(FEN)
    others = [on_sale(minimum_fen=100) for _ in range(3)]
    model({funds[0]: 5_000, funds[1]: 5_000})
    bought(one, (funds[0], 20_000))
    bought(many, *((product, 20_000) for product in (*funds, *others)))
    clients = {who.id: api(who) for who in (one, many)}
    assert_queries_do_not_grow(lambda who: clients[who.id].get(ROOT), one, many)
    planning.show(customer_id=one.id, cash_fen=50_000, at=clock.now())
    for _ in range(3):
        planning.show(customer_id=many.id, cash_fen=50_000, at=clock.now())
    assert_queries_do_not_grow(lambda who: clients[who.id].get(f"{ROOT}/plans"), one, many)
