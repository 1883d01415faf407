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
    product, people = fund(), [holder(part) for part in PARTS for _ in range(3)]
    for number, one in enumerate(people):
        bought(product, one, 1_000_000 + number)
    today = business_days.current()
    quoted(product, "0.8888")
    at = start_of_day(today + DAY)

    processes.killed_at("there", "-m", "tests.wealth.current.eod_process", at.isoformat(), place, "5")
    processes.orphans_end()
    assert CurrentRun.objects.filter(holdings__gt=0).count() == 1
    assert CurrentIncome.objects.count() == 3
    done = EodShard.objects.filter(run__step="current.income", state="done").count()
    assert done == 5

    end_day()

    assert [state(product, one) for one in people] == [
        grown(units_fen=1_000_000 + number, rates_e4=[8888]) for number in range(len(people))
    ]
    assert CurrentIncome.objects.count() == len(people)
    assert_sound(product)
