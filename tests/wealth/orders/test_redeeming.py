"""Redemptions over the API: the ordinary way on its day, at once up to the day's limit, and what is refused."""

from datetime import timedelta

import pytest

from accounts.ledger import halt
from core.business_day.queries import BeyondCalendar
from core.clock import queries as clock
from core.limits import queries as limits
from core.outbox.models import OutboxEvent
from core.work.models import WorkItem
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.orders.world import api, assert_whole, confirm_all, go_on, holding, order_of, ordered, reject_all, wait_until
from wealth.catalog.models import Product
from wealth.orders.models import WealthOrder
from wealth.orders.queries import fast_counter
from wealth.orders.services import redeeming

pytestmark = pytest.mark.django_db(transaction=True)
UNITS = 100_000


def told(topic: str) -> int:
    return OutboxEvent.objects.filter(topic=topic).count()


def test_an_ordinary_redemption_is_paid_on_the_day_it_showed(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    before = posted(who)
    preview = api(who, "post", "redemptions/preview", {"product_id": money_fund.public_id, "units": 40_000}).json()
    made = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 40_000})
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["state"], body["cash_on"], body["amount"]) == ("units_frozen", preview["cash_on"], None)
    order = order_of(body)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert (order_of(body).state, posted(who)) == ("confirmed", before)
    day = wait_until(order.cash_on)
    assert go_on(day - timedelta(seconds=1)) == 0
    go_on(day)
    assert (order_of(body).state, posted(who)) == ("cash_paid", before + 40_000)
    assert told("wealth.first_withdrawal") == 1
    assert_whole(money_fund, units=60_000)


def test_a_fast_redemption_is_paid_at_once_and_settled_by_the_issuers_word(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    before = posted(who)
    made = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 30_000, "fast": True}, key="k1")
    assert made.status_code == 201, made.json()
    assert (made.json()["state"], posted(who)) == ("fast_paid", before + 30_000)
    again = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 30_000, "fast": True}, key="k1")
    assert (again.content, posted(who)) == (made.content, before + 30_000)
    order = order_of(made.json())
    confirm_all(order.cut_at)
    order.refresh_from_db()
    assert (order.state, order.due_at, posted(who)) == ("confirmed", None, before + 30_000)
    second = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 1_000, "fast": True})
    assert second.status_code == 201
    confirm_all(order.cut_at + timedelta(days=1))
    assert told("wealth.first_withdrawal") == 1
    assert_whole(money_fund, units=69_000)


def test_above_the_days_limit_the_other_ways_are_named_and_nothing_is_split(small_cap: Product) -> None:
    who = holding(small_cap, UNITS)
    before, cap = posted(who), small_cap.current.t0_cap_fen
    answer = api(who, "post", "redemptions", {"product_id": small_cap.public_id, "units": cap + 1, "fast": True})
    assert (answer.status_code, answer.json()["code"]) == (422, "fast_redemption_limit_reached")
    assert str(cap) in answer.json()["detail"]
    assert (posted(who), WealthOrder.objects.filter(side="redeem").count()) == (before, 0)
    assert api(who, "post", "redemptions", {"product_id": small_cap.public_id, "units": cap, "fast": True}).status_code == 201
    assert api(who, "post", "redemptions", {"product_id": small_cap.public_id, "units": 1, "fast": True}).status_code == 422
    confirm_all(clock.now() + timedelta(days=1))
    assert_whole(small_cap, units=UNITS - cap)


def test_a_hundred_at_once_never_take_one_too_many_of_the_days_limit(small_cap: Product) -> None:
    who = holding(small_cap, UNITS)
    at, cap = clock.now(), small_cap.current.t0_cap_fen
    one = cap // 30
    tried = together(lambda _: redeeming.redeem(customer_id=who.id, product_id=small_cap.id, units_fen=one, fast=True, at=at), 100)
    done = [order for order in tried if isinstance(order, WealthOrder)]
    assert len(done) == cap // one
    assert {type(other).__name__ for other in tried if other not in done} == {"FastLimitReached"}
    confirm_all(at + timedelta(days=1))
    assert_whole(small_cap, units=UNITS - one * len(done))


def test_units_are_given_up_once_however_many_ask(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    at = clock.now()
    both = together(
        lambda number: redeeming.redeem(customer_id=who.id, product_id=money_fund.id, units_fen=UNITS, fast=number == 0, at=at), 2
    )
    assert sorted(isinstance(one, WealthOrder) for one in both) == [False, True]


def test_a_rejected_redemption_frees_the_units_and_a_fast_one_becomes_an_operators_case(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    slow = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 10_000}).json()
    order = order_of(slow)
    go_on(order.cut_at)
    reject_all(order.cut_at, code="CLOSED")
    assert order_of(slow).state == "rejected"
    fast = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 20_000, "fast": True}).json()
    reject_all(order.cut_at, code="CLOSED")
    assert order_of(fast).state == "fast_paid"
    assert WorkItem.objects.get(finished_at=None).kind == "wealth_order.fast_refused"


def test_a_redemption_is_called_off_before_its_cut_off_and_its_units_are_free(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    made = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": UNITS}).json()
    refused = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 1})
    assert refused.status_code in (409, 422), refused.json()
    assert api(who, "post", f"orders/{made['id']}/cancel").json()["state"] == "cancelled"
    again = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": UNITS})
    assert again.status_code == 201


def test_a_halted_ledger_and_days_beyond_the_calendar_are_refused_with_nothing_half_done(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    before = posted(who)
    far = clock.now() + timedelta(days=365 * 30)
    with pytest.raises(BeyondCalendar):
        redeeming.redeem(customer_id=who.id, product_id=money_fund.id, units_fen=1_000, fast=False, at=far)
    with pytest.raises(BeyondCalendar):
        ordered(who, money_fund, 1_000, at=far)
    halt.halt(reason="a test", at=clock.now())
    answer = api(who, "post", "redemptions", {"product_id": money_fund.public_id, "units": 1_000, "fast": True})
    assert answer.json()["code"] == "ledger_halted", answer.json()
    assert (posted(who), WealthOrder.objects.filter(side="redeem").count()) == (before, 0)
    assert limits.used(counter=fast_counter(money_fund.id), owner=who.id, period=clock.local_day(clock.now()).isoformat()) == 0


@pytest.mark.parametrize("path", ["redemptions", "redemptions/preview"])
def test_a_fund_has_one_holding_a_person_so_that_none_is_named(money_fund: Product, path: str) -> None:
    who = holding(money_fund, UNITS)
    asked = {"product_id": money_fund.public_id, "units": 10_000, "holding_id": money_fund.public_id}
    refused = api(who, "post", path, asked)
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["field"]) == (422, "invalid", "holding_id")
    assert_whole(money_fund, units=UNITS)


def test_a_fund_asks_nothing_along_and_its_units_are_worth_their_price(money_fund: Product) -> None:
    who = holding(money_fund, UNITS)
    asked = {"product_id": money_fund.public_id, "amount": 10_000, "details": {"colour": "red"}}
    refused = api(who, "post", "orders", asked)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "details")
    shown = api(who, "post", "redemptions/preview", {"product_id": money_fund.public_id, "units": 12_345}).json()
    assert shown["worth"] == 12_345
    assert_whole(money_fund, units=UNITS)
