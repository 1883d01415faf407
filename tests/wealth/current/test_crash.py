"""kill -9 in the middle of the end of day: what is resumed has no gap and no duplicate."""

from datetime import timedelta

import pytest

from core.business_day import queries as business_days
from core.business_day.models import EodShard
from core.clock.queries import start_of_day
from tests import processes
from tests.wealth.current.world import assert_sound, bought, end_day, fund, holder, quoted, state
from wealth.current.models import CurrentIncome, CurrentRun
from wealth.rules.current import grown

DAY = timedelta(days=1)
PARTS = (1, 5, 9)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("crash")]


@pytest.mark.parametrize("place", ["after", "posted", "statement"])
def test_a_killed_end_of_day_is_resumed_with_no_gap_and_no_duplicate(place: str) -> None:
    products, people = [fund() for _ in range(3)], [holder(part) for part in PARTS for _ in range(3)]
    for product in products:
        for number, one in enumerate(people):
            bought(product, one, 1_000_000 + number)
        quoted(product, "0.8888")
    at = start_of_day(business_days.current() + DAY)

    processes.killed_at("there", "-m", "tests.wealth.current.eod_process", at.isoformat(), place, "3")
    processes.orphans_end()
    booked = {product.pk: CurrentIncome.objects.filter(run__product=product).count() for product in products}
    assert set(booked.values()) <= {0, len(people)}, "a product is booked whole or not at all"
    assert 0 in booked.values()
    assert CurrentRun.objects.filter(holdings__gt=0).count() == sum(booked.values()) // 3
    assert EodShard.objects.filter(run__step="current.income").exclude(state="done").exists()

    end_day()

    for product in products:
        assert [state(product, one) for one in people] == [
            grown(units_fen=1_000_000 + number, rates_e4=[8888]) for number in range(len(people))
        ]
        assert_sound(product)
    assert CurrentIncome.objects.count() == len(products) * len(people)
