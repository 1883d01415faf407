"""Refunds in settlements: what went back on the day, what came from settled money, and money a later refund took first."""

import random

import pytest

from payments.settlement.models import Settlement, SettlementLine
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import shop
from tests.payments.refunds.world import refund
from tests.payments.settlement.world import end_day, sell, settled, standing

pytestmark = pytest.mark.django_db


def test_a_refund_of_the_same_day_goes_off_with_its_part_of_the_fee() -> None:
    where = shop()
    (order, _) = sell(where, 10_000, 500)
    refund(order, 5_000)
    row = settled(where, end_day())
    assert (row.orders_fen, row.fees_fen, row.refunds_fen, row.fees_back_fen, row.covered_fen) == (10_500, 63, 5_000, 30, 0)
    assert (row.net_fen, row.payout_fen, row.refunds) == (5_467, 5_467, 1)
    line = SettlementLine.objects.get(settlement=row, kind="refund")
    assert (line.order_id, line.amount_fen, line.fee_fen, line.covered_fen, line.net_fen) == (order.id, -5_000, -30, 0, -4_970)
    assert_books_balance()


def test_a_refund_that_settled_money_paid_is_shown_and_takes_nothing_from_the_day() -> None:
    where = shop()
    (order,) = sell(where, 10_000)
    first = settled(where, end_day())
    refund(order, 5_000)
    row = settled(where, end_day())
    assert (row.refunds_fen, row.fees_back_fen, row.covered_fen, row.net_fen, row.payout_fen) == (5_000, 30, 4_970, 0, 0)
    assert (first.payout_fen, row.state) == (9_940, "carried")
    assert standing(where.merchant) == {"available": 4_970}


def test_a_refund_that_takes_from_both_is_proved_too() -> None:
    where = shop()
    (order,) = sell(where, 10_000)
    end_day()
    sell(where, 1_000)
    refund(order, 5_000)
    row = settled(where, end_day())
    assert (row.orders_fen, row.refunds_fen, row.covered_fen, row.net_fen) == (1_000, 5_000, 4_970 - 994, 0)
    assert (row.moved_fen, row.left_fen) == (0, 0)
    assert_books_balance()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_sold_and_refunded_the_settlements_come_to_what_is_left(seed: int) -> None:
    chance, where = random.Random(seed), shop()
    paid = []
    for _ in range(4):
        paid += [(order, order.amount_fen) for order in sell(where, *(chance.randint(1, 3_000) for _ in range(chance.randint(0, 3))))]
        for place, (order, left) in enumerate(paid):
            if left and chance.random() < 0.5:
                fen = chance.randint(1, left)
                refund(order, fen)
                paid[place] = (order, left - fen)
        end_day()
    end_day()
    rows = list(Settlement.objects.filter(merchant=where.merchant))
    moved = sum(row.moved_fen for row in rows)
    covered = sum(row.covered_fen for row in rows)
    assert all(row.state != "open" for row in rows)
    assert standing(where.merchant) == ({"available": moved - covered} if moved - covered else {})
    assert_books_balance()
