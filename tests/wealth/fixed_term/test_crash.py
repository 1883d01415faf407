"""kill -9 in the middle of a maturity: what is resumed pays and rolls everybody once."""

import pytest

from core.business_day import queries as business_days
from core.business_day.models import EodShard
from core.clock.queries import start_of_day
from tests import processes
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import posted
from tests.wealth.current.world import holder
from tests.wealth.fixed_term.world import DAY, FEN, again, brought, days_until, deposits, mature_on, principal
from wealth.catalog.models import Product
from wealth.fixed_term.models import PARTS as PARTS_IN_ALL
from wealth.fixed_term.models import FixedHolding, FixedMove, FixedRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("crash")]
PARTS = (1, 5, 9)


@pytest.fixture
def short(opened: None) -> Product:
    return deposits(term_days=1)


@pytest.mark.parametrize("place", ["control", "lots", "paid"])
@pytest.mark.usefixtures("_without_orders")
def test_a_killed_end_of_day_is_resumed_with_nobody_left_out_and_nobody_twice(short: Product, place: str) -> None:
    people = [holder(part) for part in PARTS for _ in range(2)]
    lots = [brought(short, one, FEN + number, instruction="roll_all" if number % 2 else "pay_out") for number, one in enumerate(people)]
    day = lots[0].matures_on
    days_until(day - DAY)
    at = start_of_day(day)

    processes.killed_at("there", "-m", "tests.wealth.fixed_term.eod_process", at.isoformat(), place, "5")
    done = EodShard.objects.filter(run__step="fixed_term.mature", run__day=day - DAY, state="done").count()
    before = done - (PARTS_IN_ALL - len(PARTS))
    assert before in (0, 1), "shared with the part it was killed in, or done alone before it"
    assert [again(lot).state for lot in lots] == ["matured", "rolled"] * before + ["held", "held"] * (len(PARTS) - before)
    assert FixedRun.objects.count() == before

    days_until(day)

    assert business_days.current() == day
    assert [again(lot).state for lot in lots] == ["matured", "rolled"] * 3
    assert [posted(one) for one in people[::2]] == [lot.principal_fen + lot.interest_fen for lot in lots[::2]]
    assert FixedHolding.objects.filter(origin="rolled").count() == 3
    assert (FixedRun.objects.count(), FixedMove.objects.exclude(kind="buy").count()) == (3, 3 + 2 * 3)
    assert mature_on(day) == 0
    assert principal(short) == sum(lot.principal_fen + lot.interest_fen for lot in lots[1::2])
    assert_books_balance()
