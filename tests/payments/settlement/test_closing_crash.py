"""kill -9 of the end of day while it closes the merchants' day: every merchant is settled once."""

from datetime import timedelta

import pytest

from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.business_day.models import EodShard
from core.clock.queries import start_of_day
from payments.settlement.models import Settlement
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import shop
from tests.payments.killing import killed
from tests.payments.settlement.world import sell, settled, standing

pytestmark = pytest.mark.django_db(transaction=True)
CLOSING = "payments.settlement.services.closing"
SHOPS = 2


@pytest.mark.parametrize("stop", [f"+{CLOSING}.post", f"+{CLOSING}.mark", f"{CLOSING}.close_shards*5"], ids=["posted", "marked", "between"])
def test_a_day_whose_closing_was_killed_is_closed_once_for_every_merchant(stop: str) -> None:
    shops = [shop() for _ in range(SHOPS)]
    for where in shops:
        sell(where, 10_000)
    day = business_days.current()
    at = start_of_day(day + timedelta(days=1))
    killed("end_day", stop, at=at)
    mine = EodShard.objects.filter(run__day=day, run__step="settlement.close")
    assert mine.filter(state="running").exists()
    assert Settlement.objects.count() == sum(part.rows for part in mine.filter(state="done"))
    done = catch_up(at=at)
    assert (done.failed, done.closed) == ([], [day])
    rows = [settled(where, day) for where in shops]
    assert [(row.state, row.last, row.moved_fen, row.payout_fen) for row in rows] == [("closed", True, 9_940, 9_940)] * SHOPS
    assert [standing(where.merchant) for where in shops] == [{"available": 9_940}] * SHOPS
    assert Settlement.objects.count() == SHOPS
    assert_books_balance()
