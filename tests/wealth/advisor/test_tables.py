"""What the database itself refuses of advice, whoever asks; and what of a model is refused when it is proposed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from core.clock import queries as clock
from tests.wealth.advisor.world import model, morning, regularly, sweep
from tests.wealth.catalog.products import draft, on_sale, plain
from tests.wealth.orders.world import FEN, saver
from wealth.advisor.models import AdvisorItem, AdvisorPlan, AdvisorTerms, InvestingPlan, InvestingRun, ModelPortfolio, WealthGoal
from wealth.advisor.services import confirming, goals, planning
from wealth.catalog.models import Product

pytestmark = pytest.mark.django_db(transaction=True)
Funds = tuple[Product, Product]


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def test_a_model_is_whole_for_a_level_there_is_and_once_a_day(funds: Funds) -> None:
    made = model({funds[0]: 10_000})

    def another(**facts: Any) -> ModelPortfolio:
        values = {"level": "C1", "starts_on": made.starts_on, "weights": made.weights, "mean_bp": 1, "deviation_bp": 1}
        return ModelPortfolio.objects.create(**(values | facts))

    for weights in ({"A": 9_999}, {"A": 10_001}, {"A": 10_500, "B": -500}, {"A": 5_000.5, "B": 4_999.5}, {"A": 0, "B": 10_000}, [], {}, 3):
        refused("wealth_modelportfolio_sums", lambda weights=weights: another(weights=weights))
    refused("wealth_modelportfolio_level", lambda: another(level="C6"))
    refused("wealth_modelportfolio_returns", lambda: another(mean_bp=-10_000))
    refused("wealth_modelportfolio_day", lambda: another(level="C3"))
    refused("wealth_modelportfolio_stays", lambda: ModelPortfolio.objects.update(mean_bp=2))


def test_a_model_holds_products_on_sale_that_fit_its_level_in_parts_that_sum_to_the_whole(funds: Funds) -> None:
    safe, risky, unsold = funds[0], on_sale(risk="R4"), draft().product
    with plain("insurance"):
        cover = on_sale(kind="insurance", yield_kind="none", carry="")
    cases: tuple[tuple[str, Any, str], ...] = (
        ("C3", {safe.code: 9_999}, "sum to 9999"),
        ("C3", {safe.code: 4_000, risky.code: 6_000}, "riskier than C3"),
        ("C1_MIN", {risky.code: 10_000}, "riskier than C1_MIN"),
        ("C5", {unsold.code: 10_000}, "not on sale"),
        ("C5", {"NOBODY": 10_000}, "not on sale"),
        ("C5", {cover.code: 10_000}, "of a kind"),
        ("C5", {safe.code: "10000"}, "whole number"),
        ("C5", [safe.code], "whole number"),
        ("C5", {f"X{number}": 400 for number in range(25)}, "at most 20"),
    )
    for level, weights, words in cases:
        row = ModelPortfolio(level=level, starts_on=clock.local_day(clock.now()), weights=weights, mean_bp=1, deviation_bp=1)
        with pytest.raises(ValidationError, match=words):
            row.full_clean()
    model({safe: 4_000, risky: 6_000}, level="C4")


def test_terms_stay_in_bounds(funds: Funds) -> None:
    def terms(**facts: Any) -> AdvisorTerms:
        first = AdvisorTerms.objects.get()
        values = {field.attname: getattr(first, field.attname) for field in AdvisorTerms._meta.concrete_fields if field.name != "id"}
        return AdvisorTerms.objects.create(**(values | {"starts_at": clock.now() + timedelta(days=1)} | facts))

    for facts in ({"sell_at_bp": 0}, {"least_trade_fen": 0}, {"plan_minutes": 0}):
        refused("wealth_advisorterms_plans", lambda facts=facts: terms(**facts))
    for facts in ({"retry_hours": 0}, {"tries_most": 6}, {"failures_most": 0}):
        refused("wealth_advisorterms_investing", lambda facts=facts: terms(**facts))
    refused("wealth_advisorterms_stays", lambda: AdvisorTerms.objects.update(tries_most=1))


def test_what_a_plan_showed_and_came_to_stays_and_one_is_shown_at_a_time(funds: Funds) -> None:
    model({funds[0]: 10_000})
    who = saver(FEN)
    plan = planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    rows, items = AdvisorPlan.objects.filter(pk=plan.pk), AdvisorItem.objects.filter(plan=plan)
    refused("wealth_plan_stays", lambda: rows.update(cash_fen=1))
    refused("wealth_plan_confirmed", lambda: rows.update(state="confirmed"))
    refused("wealth_plan_confirmed", lambda: rows.update(state="confirmed", confirmed_at=plan.expires_at))
    refused("wealth_planitem_stays", lambda: items.update(amount_fen=1))
    refused("wealth_planitem_one_end", lambda: items.update(order_id=plan.id, code="x"))
    refused("Cannot delete", items.delete)
    plan.pk = AdvisorItem().pk
    refused("wealth_plan_one_shown", lambda: plan.save(force_insert=True))
    confirming.confirm(customer_id=who.id, plan_id=rows.get().id, at=clock.now())
    refused("wealth_plan_moves", lambda: rows.update(state="shown", confirmed_at=None))
    refused("wealth_planitem_stays", lambda: items.update(order_id=None))
    item = items.get()
    item.pk, item.position = AdvisorItem().pk, 2
    refused("wealth_planitem_product", lambda: item.save(force_insert=True))
    item.position, item.product = 1, funds[1]
    refused("wealth_planitem_place", lambda: item.save(force_insert=True))
    item.position = 2
    refused("wealth_planitem_order", lambda: item.save(force_insert=True))
    item.order_id, item.amount_fen = None, 0
    refused("wealth_planitem_amount", lambda: item.save(force_insert=True))
    item.amount_fen, item.cash_on = 1, item.trade_on
    refused("wealth_planitem_dates", lambda: item.save(force_insert=True))


def test_what_a_customer_agreed_to_stays_and_a_date_is_taken_once(funds: Funds) -> None:
    row = regularly(saver(FEN), funds[0], 20_000)
    rows = InvestingPlan.objects.filter(pk=row.pk)
    refused("wealth_investing_stays", lambda: rows.update(amount_fen=20_001))
    refused("wealth_investing_stays", lambda: rows.update(factors=2))
    refused("wealth_investing_next", lambda: rows.update(next_on=None))
    refused("wealth_investing_next", lambda: rows.update(state="paused"))
    refused("wealth_investing_agreed", lambda: rows.update(failures=-1))
    for every, day in (("week", 8), ("month", 29), ("pay_day", 0)):
        row.pk, row.every, row.day = InvestingPlan().pk, every, day  # a new row
        refused("wealth_investing_day", lambda: row.save(force_insert=True))
    refused("Cannot delete", rows.delete)
    sweep(morning(rows.get()))
    run = InvestingRun.objects.get()
    refused("wealth_investingrun_moves", lambda: InvestingRun.objects.update(state="failed", order_id=None, code="x"))
    refused("wealth_investingrun_end", lambda: InvestingRun.objects.update(order_id=None))
    refused("wealth_investingrun_tries", lambda: InvestingRun.objects.update(tries=-1))
    values = {"pk": InvestingRun().pk, "state": "trying", "order_id": None, "next_at": run.created_at}
    for name, value in values.items():
        setattr(run, name, value)
    refused("wealth_investingrun_once", lambda: run.save(force_insert=True))
    run.on -= timedelta(days=1)
    refused("wealth_investingrun_day", lambda: run.save(force_insert=True))
    assert rows.update(state="ended", next_on=None) == 1
    refused("wealth_investing_moves", lambda: rows.update(state="active", next_on=run.on))


def test_a_goal_is_for_something(funds: Funds) -> None:
    who, at = saver(), clock.now()
    goal = goals.put(customer_id=who.id, name="x", amount_fen=1, monthly_fen=0, due_on=clock.local_day(at) + timedelta(days=9), at=at)
    rows = WealthGoal.objects.filter(pk=goal.pk)
    refused("wealth_goal_amount", lambda: rows.update(amount_fen=0))
    refused("wealth_goal_monthly", lambda: rows.update(monthly_fen=-1))
    refused("wealth_goal_shard", lambda: rows.update(shard=64))
