"""Days with disputes: what is frozen is not paid out, what was lost is shown, and every day is proved."""

import pytest

from tests.payments.cashier.world import shop
from tests.payments.disputes.world import dispute, lost, won
from tests.payments.refunds.world import has
from tests.payments.settlement.world import end_day, sell, settled

pytestmark = pytest.mark.django_db


def test_money_frozen_on_one_day_and_lost_or_won_on_the_next_is_proved_on_both() -> None:
    where = shop()
    first, second, _ = sell(where, 10_000, 10_000, 10_000)
    losing, winning = dispute(first), dispute(second)
    day = settled(where, end_day())
    assert (day.state, day.orders_fen, day.fees_fen, day.disputes_fen, day.net_fen) == ("closed", 30_000, 180, -2 * 9_940, 9_940)
    lost(losing)
    won(winning)
    after = settled(where, end_day())
    assert (after.refunds_fen, after.fees_back_fen, after.covered_fen, after.disputes_fen, after.net_fen) == (
        10_000,
        60,
        9_940,
        9_940,
        9_940,
    )
    assert has(where).get("frozen") is None


def test_a_loss_paid_from_frozen_and_pending_money_together_is_proved() -> None:
    where = shop()
    (first,) = sell(where, 10_000)
    end_day()
    sell(where, 1_000)
    made = dispute(first)
    assert made.frozen == {"merchant:pending": 994, "merchant:available": 8_946}
    lost(made)
    day = settled(where, end_day())
    assert (day.code, day.orders_fen, day.refunds_fen, day.disputes_fen, day.covered_fen, day.net_fen) == (
        "",
        1_000,
        10_000,
        -994,
        9_940,
        0,
    )
