"""Which rate and which terms are in force for whom and when."""

from datetime import date, timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.ids import new_id
from payments.merchants import queries
from payments.merchants.fees import fee_fen
from payments.merchants.models import Merchant, MerchantRate, MerchantTerms
from payments.merchants.states import Scene
from tests.payments.merchants.world import applied
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db


def today() -> date:
    return clock.local_day(clock.now())


@pytest.fixture
def merchant() -> Merchant:
    open_day()
    return applied()


def rate(merchant: Merchant | None, scene: str, ppm: int, days: int = 0) -> None:
    MerchantRate.objects.create(merchant=merchant, scene=scene, rate_ppm=ppm, effective_on=today() + timedelta(days=days))


def in_force(merchant: Merchant, scene: str, days: int = 0) -> int:
    return queries.rate_in_force(merchant.id, scene, clock.now() + timedelta(days=days)).rate_ppm


def test_everybody_pays_sixty_in_ten_thousand_and_at_most_thirty_five_yuan(merchant: Merchant) -> None:
    found = queries.rate_in_force(merchant.id, Scene.IN_APP, clock.now())
    assert (fee_fen(500_000, found), fee_fen(1_000_000, found)) == (3000, 3500)


def test_the_most_particular_rate_applies_and_of_its_kind_the_newest(merchant: Merchant) -> None:
    other = applied()
    rate(None, "bill", 1000)
    assert (in_force(merchant, "bill"), in_force(merchant, "in_app")) == (1000, 6000)
    rate(merchant, "", 3800)
    assert (in_force(merchant, "bill"), in_force(merchant, "in_app"), in_force(other, "bill")) == (3800, 3800, 1000)
    rate(merchant, "bill", 500, days=2)
    rate(merchant, "bill", 400, days=3)
    assert [in_force(merchant, "bill", days) for days in (1, 2, 3, 4)] == [3800, 500, 400, 400]
    assert [in_force(merchant, "in_app", days) for days in (1, 4)] == [3800, 3800]


def test_a_rate_begins_at_midnight_in_shanghai(merchant: Merchant) -> None:
    rate(None, "", 5000, days=1)
    midnight = clock.start_of_day(today() + timedelta(days=1))
    before, after = (queries.rate_in_force(merchant.id, "in_app", at).rate_ppm for at in (midnight - timedelta(seconds=1), midnight))
    assert (before, after) == (6000, 5000)


def test_the_rates_of_all_scenes_are_one_query_whatever_the_history(merchant: Merchant) -> None:
    many = applied()
    for scene in Scene.values:
        for days in range(-5, 0):
            rate(many, scene, 1000, days)
    assert {found.rate_ppm for found in queries.rates_in_force(many.id, clock.now()).values()} == {1000}
    assert set(queries.rates_in_force(merchant.id, clock.now())) == set(Scene.values)
    assert_queries_do_not_grow(lambda one: queries.rates_in_force(one.id, clock.now()), merchant, many, at_most=1)
    assert_queries_do_not_grow(lambda one: queries.rate_in_force(one.id, "bill", clock.now()), merchant, many, at_most=1)


def terms(merchant: Merchant | None, days: int, **facts: Any) -> None:
    MerchantTerms.objects.create(id=new_id(), merchant=merchant, effective_on=today() + timedelta(days=days), **facts)


def test_a_merchants_own_terms_go_before_everybodys(merchant: Merchant) -> None:
    other = applied()
    first = queries.terms_in_force(merchant.id, clock.now())
    assert (first.settlement_delay_days, first.refund_days, first.refunds_most, first.fee_returned_on_refund) == (1, 365, 50, True)
    terms(merchant, 1, settlement_delay_days=3)
    terms(None, 2, settlement_delay_days=2)

    def delay(one: Merchant, days: int) -> int:
        return queries.terms_in_force(one.id, clock.now() + timedelta(days=days)).settlement_delay_days

    assert [delay(merchant, days) for days in (0, 1, 2)] == [1, 3, 3]
    assert [delay(other, days) for days in (0, 1, 2)] == [1, 1, 2]


def test_names_and_balances_of_merchants_are_one_query(merchant: Merchant) -> None:
    others = [applied().id for _ in range(5)]
    assert queries.names([merchant.id]) == {merchant.id: "Hangzhou Tea"}
    assert_queries_do_not_grow(queries.names, [merchant.id], others, at_most=1)
    assert_queries_do_not_grow(queries.balances, merchant.id, others[0], at_most=1)


def test_news_of_an_order_goes_to_its_own_address_else_to_the_apps() -> None:
    class App:
        notify_url = "https://app.example/n"

    assert queries.notify_url(App(), "https://order.example/n") == "https://order.example/n"  # type: ignore[arg-type]
    assert queries.notify_url(App(), "") == "https://app.example/n"  # type: ignore[arg-type]
