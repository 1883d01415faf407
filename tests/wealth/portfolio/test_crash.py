"""kill -9 while a day is kept: what is resumed has no gap and no duplicate."""

import pytest

from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.business_day.models import EodShard
from core.clock.queries import start_of_day
from tests import processes
from tests.wealth.current.world import assert_sound, bought, fund, holder, quoted
from tests.wealth.portfolio.world import DAY, over, rows
from wealth.portfolio.models import PARTS, PortfolioBook, PortfolioDay
from wealth.portfolio.steps import TOGETHER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("crash")]


@pytest.mark.parametrize("place", ["after", "statement"])
def test_a_killed_end_of_day_is_resumed_with_no_gap_and_no_duplicate(place: str) -> None:
    product, people = fund(), [holder(part) for part in (1, 5, 9)]
    for number, one in enumerate(people):
        bought(product, one, 1_000_000 + number)
    first = over(product, "1.0000")
    quoted(product, "1.0000")
    at = start_of_day(business_days.current() + DAY)

    processes.killed_at("there", "-m", "tests.wealth.portfolio.eod_process", at.isoformat(), place, "4")
    processes.orphans_end()
    assert PortfolioDay.objects.filter(day=first + DAY, product_id=product.pk).count() == 1
    assert EodShard.objects.filter(run__step="portfolio.keep", run__day=first + DAY, state="done").count() == 1
    assert PortfolioBook.objects.filter(kept_through=first + DAY).count() == TOGETHER

    assert catch_up(at=at).closed == [first + DAY]

    assert PortfolioBook.objects.filter(kept_through=first + DAY).count() == PARTS
    for number, one in enumerate(people):
        assert rows(one, product) == [(1_000_100 + number, 1_000_000 + number, 0, 100), (1_000_200 + number, 0, 0, 100)]
    assert_sound(product)
