"""Regular investments: agreed with a proof, taken once a date on a trading day from the balance, paused by hand or after failures."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import time_machine

from core.clock import queries as clock
from core.errors import DomainError
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.wallet.services.authority import Intent
from tests import processes
from tests.factories import api, proof
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import fund, intent, posted
from tests.query_counts import assert_queries_do_not_grow
from tests.together import together
from tests.wealth.advisor.world import model, morning, regularly, sweep, sweeping
from tests.wealth.catalog.products import on_sale
from tests.wealth.fixed_term.world import deposits
from tests.wealth.orders.world import FEN, confirm_all, go_on, saver, units_of
from tests.wealth.suitability.people import profiled
from wealth.advisor import queries, tasks
from wealth.advisor.models import AdvisorPlan, InvestingPlan, InvestingRun
from wealth.advisor.refusals import NotInvestedRegularly, TooManyInvestingPlans
from wealth.advisor.services import investing, planning, running
from wealth.catalog.models import Product
from wealth.catalog.services import reviewing
from wealth.orders.models import WealthOrder

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/v1/wealth/investing"
BUY = 20_000
HOURS = timedelta(hours=1)


@pytest.fixture
def fund_on_sale(opened: None) -> Product:
    return on_sale(minimum_fen=100)


def topics() -> list[str]:
    found = OutboxEvent.objects.filter(topic__startswith="wealth.investing_").order_by("id")
    return [topic.removeprefix("wealth.investing_") for topic in found.values_list("topic", flat=True)]


def test_agreed_over_http_bought_on_its_date_and_held_when_confirmed(fund_on_sale: Product) -> None:
    who = saver(FEN)
    client = api(who)
    given = proof(who, client.session, purpose="investing_plan", amount_fen=BUY, payee=fund_on_sale.public_id, nonce="k")
    body = {"product_id": fund_on_sale.public_id, "amount": BUY, "every": "month", "day": 31, "proof": given}
    made = client.post(ROOT, body, key="k").json()
    assert (made["state"], made["failures"], len(made["coming"])) == ("active", 0, 3)
    dates = [date.fromisoformat(one["on"]) for one in made["coming"]]
    assert all((day + timedelta(days=1)).day == 1 for day in dates)
    assert all(one["trades_on"] >= one["on"] for one in made["coming"] if one["trades_on"])
    row = InvestingPlan.objects.get()
    at = morning(row)
    assert sweep(at - timedelta(hours=2)) == 0
    assert (sweep(at), sweep(at)) == (1, 0)
    run = client.get(f"{ROOT}/{made['id']}/runs").json()["items"]
    assert [(one["state"], one["on"], one["tries"], one["code"]) for one in run] == [("paid", made["coming"][0]["on"], 1, "")]
    order = WealthOrder.objects.get()
    assert (order.public_id, order.state, order.trade_on) == (run[0]["order_id"], "paid", clock.local_day(at))
    assert posted(who) == FEN - BUY
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert units_of(who, fund_on_sale) == BUY
    assert client.get(f"{ROOT}/{made['id']}").json()["coming"][0]["on"] == made["coming"][1]["on"]
    assert [row["id"] for row in client.get(ROOT).json()["items"]] == [made["id"]]
    assert topics() == ["agreed", "bought"]
    assert_books_balance()


def test_what_was_missed_while_nothing_ran_is_taken_once_and_late(fund_on_sale: Product) -> None:
    row = regularly(saver(FEN), fund_on_sale, BUY)
    late = morning(row) + timedelta(days=21)
    while not queries.waiting(late).exists():
        late += timedelta(days=1)
    assert (sweep(late), sweep(late)) == (1, 0)
    run = InvestingRun.objects.get()
    row.refresh_from_db()
    assert (run.on < run.traded_on, row.next_on is not None and row.next_on > run.traded_on) == (True, True)


def test_without_money_it_is_tried_again_that_day_and_paused_after_three_dates(fund_on_sale: Product) -> None:
    who = saver(BUY - 1)
    row = regularly(who, fund_on_sale, BUY)
    for number in range(3):
        at = morning(row, hour=9)
        assert sweep(at) == 1
        run = InvestingRun.objects.order_by("-on")[0]
        assert (run.state, run.tries, run.next_at) == ("trying", 1, at + 2 * HOURS)
        assert sweep(at + HOURS) == 0
        assert (sweep(at + 2 * HOURS), sweep(at + 4 * HOURS)) == (1, 1)
        run.refresh_from_db()
        assert (run.state, run.tries, run.code, run.order_id) == ("failed", 3, "funding_not_covered", None)
        row.refresh_from_db()
        assert row.failures == number + 1
    assert (row.state, row.next_on, row.code) == ("paused", None, "funding_not_covered")
    assert topics()[-4:] == ["waits", "waits", "missed", "paused"]
    assert (posted(who), WealthOrder.objects.count()) == (BUY - 1, 0)
    fund(who, FEN)
    investing.resume(customer_id=who.id, investing_id=row.id, at=morning_after(run))
    assert sweep(morning(row)) == 1
    row.refresh_from_db()
    assert (row.state, row.failures, InvestingRun.objects.filter(state="paid").count()) == ("active", 0, 1)


def morning_after(run: InvestingRun) -> Any:
    assert run.changed_at is not None
    return run.changed_at + HOURS


def test_money_that_comes_between_two_tries_buys(fund_on_sale: Product) -> None:
    who = saver()
    row = regularly(who, fund_on_sale, BUY)
    at = morning(row)
    sweep(at)
    fund(who, BUY)
    assert sweep(at + 2 * HOURS) == 1
    assert (InvestingRun.objects.get().state, posted(who)) == ("paid", 0)
    sweep(at + 4 * HOURS)
    assert WealthOrder.objects.count() == 1


def test_a_refusal_other_than_money_is_said_and_not_tried_again_that_day(opened: None) -> None:
    scarce = on_sale(minimum_fen=100, total_quota_fen=BUY)
    who, first = saver(FEN), saver(FEN)
    row, other = regularly(who, scarce, BUY), regularly(first, scarce, BUY)
    at = morning(row)
    running.run(investing_id=other.id, at=at)
    assert sweep(at) == 1
    run = queries.runs(row.id).get()
    assert (run.state, run.code, run.tries) == ("failed", "product_quota_used_up", 1)
    assert sweep(at + 3 * HOURS) == 0
    row.refresh_from_db()
    reviewing.suspend(product_id=scarce.id, reason="nothing is left", at=at)
    sweep(morning(row))
    assert queries.runs(row.id).order_by("-on")[0].code == "product_not_on_sale"


def test_pausing_and_ending_stop_it_also_between_two_tries(fund_on_sale: Product) -> None:
    who = saver()
    row = regularly(who, fund_on_sale, BUY)
    at = morning(row)
    sweep(at)
    client = api(who)
    assert client.post(f"{ROOT}/{row.public_id}/pause").json()["state"] == "paused"
    fund(who, BUY)
    assert sweep(at + 2 * HOURS) == 1
    run = InvestingRun.objects.get()
    assert (run.state, run.code, posted(who)) == ("failed", running.STOPPED, BUY)
    assert client.post(f"{ROOT}/{row.public_id}/resume").json()["coming"][0]["on"] > clock.local_day(clock.now()).isoformat()
    assert client.post(f"{ROOT}/{row.public_id}/resume").status_code == 409
    assert client.post(f"{ROOT}/{row.public_id}/end").json()["state"] == "ended"
    assert sweep(at + timedelta(days=40)) == 0
    with pytest.raises(WrongState):
        investing.resume(customer_id=who.id, investing_id=row.id, at=at)


def test_agreeing_wants_a_proof_a_fitting_product_and_a_day_there_is(fund_on_sale: Product) -> None:
    who = saver(FEN)
    client = api(who)
    body = {"product_id": fund_on_sale.public_id, "amount": BUY, "every": "month", "day": 30, "proof": "none"}
    assert client.post(ROOT, body).json()["errors"][0]["field"] == "day"
    assert client.post(ROOT, body | {"every": "week", "day": 31}).status_code == 422
    assert client.post(ROOT, body | {"day": 3}).json()["code"] == "proof_mismatch"
    with pytest.raises(DomainError, match="stronger_proof_needed"):
        regularly(who, fund_on_sale, 100_001)
    risky = on_sale(minimum_fen=100, risk="R4")
    for product, code in ((risky, "suitability_risk_too_high"), (deposits(), NotInvestedRegularly.code)):
        with pytest.raises(DomainError, match=code):
            investing.agree(intent=intent(who), product_id=product.id, amount_fen=100_000, every="week", day=1, at=clock.now())
    profiled(who, "C1_MIN")
    lowest = on_sale(minimum_fen=100, risk="R2")
    with pytest.raises(DomainError, match="suitability_only_lowest_risk"):
        agreed(intent(who), lowest)
    assert not InvestingPlan.objects.exists()


def agreed(given: Intent, product: Product) -> InvestingPlan:
    return investing.agree(intent=given, product_id=product.id, amount_fen=BUY, every="week", day=1, at=clock.now())


def test_a_customer_has_no_more_of_them_than_the_cap_and_anothers_are_not_found(fund_on_sale: Product) -> None:
    who, other = saver(FEN), api(saver())
    row = regularly(who, fund_on_sale, BUY)
    for _ in range(19):
        InvestingPlan.objects.create(
            customer=who, shard=row.shard, product=fund_on_sale, amount_fen=1, every="week", day=1, factors=1, next_on=row.next_on,
            created_at=row.created_at, changed_at=row.changed_at,
        )  # fmt: skip
    with pytest.raises(TooManyInvestingPlans):
        regularly(who, fund_on_sale, BUY)
    for path in ("", "/runs"):
        assert other.get(f"{ROOT}/{row.public_id}{path}").status_code == 404
    for act in ("pause", "resume", "end"):
        assert other.post(f"{ROOT}/{row.public_id}/{act}").status_code == 404


def test_many_workers_take_a_date_once(fund_on_sale: Product) -> None:
    who = saver(FEN)
    row = regularly(who, fund_on_sale, BUY)
    at = morning(row)
    found = together(lambda _: running.run(investing_id=row.id, at=at), 8)
    assert sorted(found) == [False] * 7 + [True]
    assert (InvestingRun.objects.count(), WealthOrder.objects.count(), posted(who)) == (1, 1, FEN - BUY)


def test_killed_inside_a_payment_nothing_of_the_date_is_there_and_it_is_taken_once_after(fund_on_sale: Product) -> None:
    who = saver(FEN)
    row = regularly(who, fund_on_sale, BUY)
    at = morning(row)
    facts = orjson.dumps({"investing": str(row.id), "at": at.isoformat()}).decode()
    processes.killed_at("there", "tests/wealth/advisor/crash_process.py", facts)
    assert (InvestingRun.objects.count(), WealthOrder.objects.count(), posted(who)) == (0, 0, FEN)
    processes.wait_until(lambda: running.run(investing_id=row.id, at=at), "the plan stays locked")
    assert (sweep(at), InvestingRun.objects.get().state, posted(who)) == (0, "paid", FEN - BUY)
    assert_books_balance()


def test_the_list_takes_the_same_queries_for_few_and_many(fund_on_sale: Product) -> None:
    one, many = saver(FEN), saver(FEN)
    for who in (one, many, many, many):
        regularly(who, fund_on_sale, BUY)
    clients = {who.id: api(who) for who in (one, many)}
    assert_queries_do_not_grow(lambda who: clients[who.id].get(ROOT), one, many)


def test_the_sweep_hands_out_what_is_due_and_ends_plans_that_are_over(fund_on_sale: Product) -> None:
    model({fund_on_sale: 10_000})
    who = saver(FEN)
    row = regularly(who, fund_on_sale, BUY)
    planning.show(customer_id=who.id, cash_fen=100_000, at=clock.now())
    with time_machine.travel(morning(row)):
        assert tasks.sweep() == 1
        assert AdvisorPlan.objects.get().state == "expired"
        assert tasks.invest(shard=row.shard) == 1
        assert InvestingRun.objects.get().state == "paid"
        assert tasks.sweep() == 0


def test_idle_money_is_bought_every_trading_day_down_to_what_is_to_stay_and_nothing_idle_is_no_failure(opened: None) -> None:
    product, who = on_sale(minimum_fen=1_000, step_fen=100), saver(25_050)
    row = sweeping(who, product, 15_000, keep_fen=5_000)
    at = morning(row)
    assert sweep(at) == 1
    assert (posted(who), InvestingRun.objects.get().amount_fen) == (10_050, 15_000)
    assert sweep(morning(row)) == 1
    assert posted(who) == 5_050
    assert sweep(morning(row)) == 1
    row.refresh_from_db()
    assert (posted(who), row.failures, row.state, InvestingRun.objects.count()) == (5_050, 0, "active", 2)
    fund(who, 999)
    assert sweep(morning(row)) == 1
    assert posted(who) == 5_049
    assert topics() == ["agreed", "bought", "bought", "bought"]
    assert_books_balance()


@pytest.mark.parametrize(("every", "day", "keep", "field"), [("idle", 0, None, "keep"), ("idle", 3, 100, "day"), ("week", 3, 100, "keep")])
def test_what_stays_is_said_with_idle_alone(fund_on_sale: Product, every: str, day: int, keep: int | None, field: str) -> None:
    body = {"product_id": fund_on_sale.public_id, "amount": BUY, "every": every, "day": day, "keep": keep, "proof": "prf_none"}
    refused = api(saver(FEN)).post(ROOT, body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
