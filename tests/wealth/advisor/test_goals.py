"""Goals: filled in the order of their days by what is invested, projected by the model's assumptions, and their customer's own."""

from datetime import timedelta

import pytest

from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.clock import queries as clock
from core.errors import Invalid
from tests.factories import api
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.advisor.world import bought, model, regularly
from tests.wealth.orders.world import FEN, saver
from wealth.advisor.models import WealthGoal
from wealth.advisor.progress import progress
from wealth.advisor.services import goals, investing, planning
from wealth.catalog.models import Product
from wealth.rules.advisor import projected

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/v1/wealth/goals"
Funds = tuple[Product, Product]


def body(days: int, amount: int, *, name: str = "A flat", monthly: int = 0) -> dict[str, object]:
    due = clock.local_day(clock.now()) + timedelta(days=days)
    return {"name": name, "amount": amount, "monthly": monthly, "due_on": due.isoformat()}


def test_a_goal_is_set_projected_changed_and_deleted_over_http(funds: Funds) -> None:
    model({funds[0]: 10_000}, mean_bp=400, deviation_bp=1_000)
    who = saver(FEN)
    bought(who, (funds[0], 50_000))
    client = api(who)
    late = client.post(ROOT, body(3_660, 200_000, monthly=1_000)).json()
    assert (late["saved"], late["months"] in (119, 120)) == (50_000, True)
    band = projected(now_fen=50_000, monthly_fen=1_000, months=late["months"], mean_bp=400, deviation_bp=1_000)
    assert late["projected"] == {"low": band.low_fen, "middle": band.middle_fen, "high": band.high_fen}
    assert band.low_fen < band.middle_fen < band.high_fen
    soon = client.post(ROOT, body(40, 30_000, name="A bicycle")).json()
    assert (soon["saved"], client.get(f"{ROOT}/{late['id']}").json()["saved"]) == (30_000, 20_000)
    changed = client.post(f"{ROOT}/{soon['id']}", body(40, 45_000, name="A better bicycle")).json()
    assert (changed["name"], changed["saved"]) == ("A better bicycle", 45_000)
    assert [(one["name"], one["saved"]) for one in client.get(ROOT).json()["items"]] == [("A better bicycle", 45_000), ("A flat", 5_000)]
    assert client.post(f"{ROOT}/{soon['id']}/delete").json() == {"id": soon["id"]}
    assert client.get(f"{ROOT}/{soon['id']}").status_code == 404


def test_without_a_model_there_is_no_projection_and_no_goal_is_due_today_or_for_ever(funds: Funds) -> None:
    who = saver()
    client = api(who)
    assert client.post(ROOT, body(400, 100)).json()["projected"] is None
    for days in (0, 366 * 61):
        assert client.post(ROOT, body(days, 100)).json()["errors"][0]["field"] == "due_on"
    with pytest.raises(Invalid):
        goals.put(customer_id=who.id, name="x", amount_fen=1, monthly_fen=0, due_on=clock.local_day(clock.now()), at=clock.now())


def test_anothers_goal_is_not_found(funds: Funds) -> None:
    made = api(saver()).post(ROOT, body(400, 100)).json()
    other = api(saver())
    answers = [other.get(f"{ROOT}/{made['id']}"), other.post(f"{ROOT}/{made['id']}", body(9, 9)), other.post(f"{ROOT}/{made['id']}/delete")]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert other.get(ROOT).json()["items"] == []


def test_advice_is_exported_in_clear_goals_are_forgotten_and_regular_investing_keeps_an_account_open(funds: Funds) -> None:
    model({funds[0]: 10_000})
    who, at = saver(FEN), clock.now()
    goals.put(customer_id=who.id, name="A flat", amount_fen=1, monthly_fen=0, due_on=clock.local_day(at) + timedelta(days=9), at=at)
    plan = planning.show(customer_id=who.id, cash_fen=100_000, at=at)
    row = regularly(who, funds[0], 100)
    exporter, eraser, obligation = EXPORTERS.get("wealth_advice"), ERASERS.get("wealth.advisor"), OBLIGATIONS.get("wealth.advisor")
    assert exporter is not None
    assert eraser is not None
    assert obligation is not None
    told = exporter.export(customer_id=who.id)
    assert [told["goals"][0]["name"], told["plans"][0]["id"], told["investing"][0]["id"]] == ["A flat", plan.public_id, row.public_id]
    assert [one.code for one in obligation.obstacles(customer_id=who.id, at=at)] == ["wealth_investing_standing"]
    investing.end(customer_id=who.id, investing_id=row.id, at=at)
    assert obligation.obstacles(customer_id=who.id, at=at) == []
    eraser.erase(customer_id=who.id, at=at)
    assert not WealthGoal.objects.exists()


def test_goals_take_the_same_queries_for_few_and_many(funds: Funds) -> None:
    model({funds[0]: 10_000})
    one, many = saver(), saver()
    for who, number in ((one, 1), (many, 4)):
        for days in range(1, number + 1):
            due = clock.local_day(clock.now()) + timedelta(days=days)
            goals.put(customer_id=who.id, name="x", amount_fen=1, monthly_fen=0, due_on=due, at=clock.now())
    assert_queries_do_not_grow(lambda who: progress(who.id, clock.now()), one, many)
