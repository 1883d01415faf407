"""Closing a business day: what it comes to by number, what is kept back, what waits, and what is not proved."""

from datetime import timedelta

import pytest

from core.business_day.queries import add_trading_days
from core.clock import queries as clock
from core.work.models import WorkItem
from payments.settlement.models import Settlement, SettlementLine
from payments.settlement.services import closing
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import booked, shop
from tests.payments.settlement.world import (
    adjust,
    end_day,
    merchant_terms,
    sell,
    settled,
    settlement_terms,
    standing,
)

pytestmark = pytest.mark.django_db


def test_a_day_is_folded_to_what_may_be_paid_out_less_the_fee() -> None:
    where = shop()
    sell(where, 10_000)
    row = settled(where, end_day())
    assert (row.state, row.orders, row.orders_fen, row.fees_fen, row.net_fen) == ("closed", 1, 10_000, 60, 9_940)
    assert (row.opening_fen, row.moved_fen, row.left_fen, row.payout_fen) == (0, 9_940, 0, 9_940)
    assert booked(row.journal_id) == {"merchant:pending": -9_940, "merchant:available": 9_940}
    assert standing(where.merchant) == {"available": 9_940}
    assert_books_balance()


def test_the_lines_say_which_orders_a_settlement_is_made_of() -> None:
    where = shop()
    first, second = sell(where, 10_000, 500)
    row = settled(where, end_day())
    wanted = ("kind", "reference", "out_no", "amount_fen", "fee_fen", "net_fen")
    found = list(SettlementLine.objects.filter(settlement=row).order_by("posted_at", "id").values_list(*wanted))
    assert found == [
        ("order", first.public_id, first.out_trade_no, 10_000, 60, 9_940),
        ("order", second.public_id, second.out_trade_no, 500, 3, 497),
    ]


def test_what_is_kept_back_comes_free_after_its_days() -> None:
    where = shop()
    merchant_terms(where, reserve_bp=1_000)
    settlement_terms(where, reserve_days=2)
    sell(where, 10_000)
    day = end_day()
    row = settled(where, day)
    assert (row.reserved_fen, row.reserve_left_fen, row.payout_fen) == (994, 994, 8_946)
    assert row.reserve_until == day + timedelta(days=2)
    end_day()
    assert Settlement.objects.filter(merchant=where.merchant).count() == 1
    released = settled(where, end_day())
    assert (released.moved_fen, released.released_fen, released.payout_fen, released.state) == (0, 994, 994, "closed")
    row.refresh_from_db()
    assert row.reserve_left_fen == 0
    assert standing(where.merchant) == {"available": 9_940}
    assert_books_balance()


def test_less_than_the_least_payout_goes_with_the_next_settlement() -> None:
    where = shop()
    merchant_terms(where, least_payout_fen=5_000)
    sell(where, 1_000)
    small = settled(where, end_day())
    assert (small.state, small.payout_fen) == ("carried", 994)
    sell(where, 10_000)
    row = settled(where, end_day())
    assert (row.state, row.moved_fen, row.spare_fen, row.payout_fen) == ("closed", 9_940, 994, 10_934)


def test_a_settlement_is_due_after_its_merchants_working_days() -> None:
    where, slow = shop(), shop()
    merchant_terms(slow, settlement_delay_days=3)
    sell(where, 1_000)
    sell(slow, 1_000)
    day = end_day()
    assert settled(where, day).due_on == add_trading_days(day, 1)
    assert settled(slow, day).due_on == add_trading_days(day, 3)


def test_what_the_terms_let_through_needs_nobodys_approval() -> None:
    where = shop()
    settlement_terms(where, approved_up_to_fen=9_940)
    sell(where, 10_000)
    row = settled(where, end_day())
    assert (row.state, row.approved_by) == ("approved", "rule")
    sell(where, 10_001)
    assert settled(where, end_day()).state == "closed"


def test_a_correction_by_two_people_is_part_of_its_day() -> None:
    where = shop()
    sell(where, 10_000)
    given, taken = adjust(where, 500), adjust(where, -40)
    assert booked(given.journal_id) == {"expense:merchant": -500, "merchant:pending": 500}
    assert booked(taken.journal_id) == {"merchant:pending": -40, "income:merchant": 40}
    row = settled(where, end_day())
    assert (row.adjustments_fen, row.net_fen, row.payout_fen) == (460, 10_400, 10_400)
    assert_books_balance()


def test_a_day_that_is_not_proved_stays_open_until_it_is_and_holds_up_no_other() -> None:
    where, other = shop(), shop()
    (order,) = sell(where, 10_000)
    sell(other, 2_000)
    type(order).objects.filter(pk=order.pk).update(fee_fen=61)
    day = end_day()
    row = settled(where, day)
    assert (row.state, row.code, row.net_fen) == ("open", "amount", 0)
    item = WorkItem.objects.get(kind=closing.UNPROVED, target=row.public_id)
    assert (item.facts["ledger_fen"], item.facts["rows_fen"]) == (9_940, 9_939)
    assert standing(where.merchant) == {"pending": 9_940}
    assert settled(other, day).state == "closed"
    still = closing.close_again(settlement_id=row.id, by="staff:mary", at=clock.now())
    assert still.state == "open"
    type(order).objects.filter(pk=order.pk).update(fee_fen=60)
    sell(where, 1_000)
    end_day()
    again = closing.close_again(settlement_id=still.id, by="staff:mary", at=clock.now())
    assert (again.state, again.moved_fen, again.last) == ("closed", 9_940, True)
    assert not WorkItem.objects.filter(kind=closing.UNPROVED, finished_at=None).exists()
    assert standing(where.merchant) == {"available": 9_940 + 994}
    assert_books_balance()


def test_closing_a_day_twice_changes_nothing() -> None:
    where = shop()
    sell(where, 10_000)
    day = end_day()
    assert closing.close_shards(shards=range(64), business_on=day, at=clock.now()) == 0
    assert standing(where.merchant) == {"available": 9_940}
