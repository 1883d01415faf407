"""Advice at the desk: a model is changed by two people who see what changes; plans and regular investments are found with what missed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.approvals.models import Approval
from core.clock import queries as clock
from core.outbox import services as outbox
from tests.desk.people import staff, verified
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.advisor.world import model, morning, regularly, sweep
from tests.wealth.orders.world import FEN, saver
from wealth.advisor import queries
from wealth.advisor.admin import AdvisorFigures
from wealth.advisor.models import ModelPortfolio
from wealth.advisor.services import confirming, planning
from wealth.catalog.models import Product

pytestmark = pytest.mark.django_db(transaction=True)
Funds = tuple[Product, Product]


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_model_in_force_is_followed_by_one_that_two_people_agreed_on(funds: Funds) -> None:
    held = model({funds[0]: 10_000})
    maker, checker = verified(staff("mia", "marketing")), verified(staff("carl", "finance_checker"))
    address = reverse("admin:wealth_modelportfolio_change", args=[held.pk])
    day = clock.local_day(clock.now()) + timedelta(days=1)
    typed: dict[str, Any] = {
        "level": "C3",
        "starts_on": day.isoformat(),
        "weights": f'{{"{funds[0].code}": 7000, "{funds[1].code}": 2000}}',
        "mean_bp": 350,
        "deviation_bp": 200,
        "reason": "the committee's word",
    }
    assert "sum to 9000" in maker.post(address, typed).content.decode()
    typed["weights"] = typed["weights"].replace("2000", "3000")
    assert maker.post(address, typed).status_code == 302
    approval = Approval.objects.get(act="wealth.modelportfolio.change")
    page = said(checker, reverse("admin:core_approval_change", args=[approval.pk]))
    assert funds[1].code in page
    assert "350" in page
    approved = checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    assert approved.status_code == 302
    coming = ModelPortfolio.objects.get(starts_on=day)
    assert coming.weights == {funds[0].code: 7_000, funds[1].code: 3_000}
    assert queries.model_of("C3", clock.now()) == held
    assert queries.model_of("C3", clock.now() + timedelta(days=1)) == coming
    assert f"{funds[0].code} 70 %" in said(checker, reverse("admin:wealth_modelportfolio_changelist"))


def test_plans_and_regular_investments_are_found_with_what_was_refused_and_missed(funds: Funds) -> None:
    model({funds[0]: 10_000})
    who, poor = saver(FEN), saver()
    plan = planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    confirming.confirm(customer_id=who.id, plan_id=plan.id, at=clock.now())
    row = regularly(poor, funds[0], 20_000)
    at = morning(row)
    late = AdvisorFigures().figures(at=at + timedelta(hours=2))
    assert [one.value for one in late] == ["1"]
    sweep(at)
    for _ in range(2):
        at += timedelta(hours=2)
        sweep(at)
    assert [str(one.title) for one in AdvisorFigures().figures(at=at)] == ["Regular investments that missed a date, one day"]
    outbox.run_pending(at=at)
    client = verified(staff("sam", "support"))
    assert funds[0].code in said(client, reverse("admin:wealth_advisorplan_change", args=[plan.pk]))
    assert "funding" in said(client, reverse("admin:wealth_investingplan_change", args=[row.pk]))
    listed = reverse("admin:wealth_investingplan_changelist")
    assert row.public_id in said(client, f"{listed}?missed=missed")
    assert row.public_id not in said(client, f"{listed}?missed=late")
    assert row.public_id in said(client, reverse("admin:accounts_customer_change", args=[poor.pk]))


def test_the_lists_take_the_same_queries_for_few_and_many(funds: Funds) -> None:
    model({funds[0]: 10_000})
    client = verified(staff("sam", "support"))
    for who in (first := saver(FEN), saver(FEN), saver(FEN)):
        planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
        regularly(who, funds[0], 20_000)
    for name in ("advisorplan", "investingplan"):
        address = reverse(f"admin:wealth_{name}_changelist")
        assert_queries_do_not_grow(client.get, f"{address}?q={first.public_id}", address)
