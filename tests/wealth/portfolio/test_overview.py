"""One view of everything: how it is read, and that its answer has the shape that is documented."""

import orjson
import pytest

from accounts.identity.models import Customer
from core.api.json import dump
from core.business_day import services as business_day
from core.clock import queries as clock
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.current.world import bought, fund, holder
from tests.wealth.fixed_term.world import again, brought, deposits, mature_on
from tests.wealth.portfolio.world import DAY, got, over
from wealth.portfolio.api.shapes import PortfolioShown, overview_of
from wealth.portfolio.overview import overview

pytestmark = pytest.mark.django_db


def with_holdings(funds: int, lots: int) -> Customer:
    who = holder()
    for _ in range(funds):
        bought(fund(), who, 1_000_000)
    for _ in range(lots):
        brought(deposits(), who)
    return who


def test_thirty_holdings_are_read_in_as_many_queries_as_two() -> None:
    few, many = with_holdings(1, 1), with_holdings(15, 15)
    for who, number in ((few, 2), (many, 30)):
        assert len(got(who)["items"]) == number
    assert_queries_do_not_grow(lambda who: overview(customer_id=who.pk, at=clock.now()), few, many, at_most=10)


def test_the_answer_has_the_documented_shape() -> None:
    who, product = with_holdings(1, 2), fund()
    bought(product, who, 500_000)
    over(product, "1.0000")
    seen = overview_of(overview(customer_id=who.pk, at=clock.now()))
    assert seen["income"]["total"]["value"] is not None

    assert got(who) == orjson.loads(dump(PortfolioShown(seen).data))


def test_what_is_over_keeps_its_income_beside_what_is_held() -> None:
    business_day.open_first_day(at=clock.now())
    product, who = deposits(term_days=4), holder()
    ended, held = brought(product, who), brought(deposits(), who)
    mature_on(ended.matures_on)

    lines = overview(customer_id=who.pk, at=clock.now()).lines

    assert [(line.held.holding, line.product.code) for line in lines] == [(held.public_id, held.product.code), ("", product.code)]
    assert lines[1].held.income_fen == again(ended).earned_fen > 0
    assert lines[0].held.matures_on == again(held).matures_on > ended.matures_on + DAY
