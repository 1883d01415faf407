"""Days of income: on time, late, revised, and for those who sold meanwhile; each to the fen and its fraction."""

from datetime import timedelta

import pytest

from accounts.ledger import queries as ledger
from core.business_day import queries as business_days
from core.business_day.sockets import STEPS
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import public_id
from core.outbox.models import OutboxEvent
from core.work import services as work
from tests.wealth.current.world import assert_sound, bought, end_day, fund, held, holder, quoted, revised, sold, state
from wealth.catalog import accounts
from wealth.current import late
from wealth.current.models import CurrentIncome, CurrentRun
from wealth.current.waiting import MISSING
from wealth.rules.current import grown

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_a_day_is_booked_to_the_fen_and_its_fraction_with_one_control_entry() -> None:
    product, ann, bob = fund(), holder(3), holder(3)
    bought(product, ann, 10_000)
    bought(product, bob, 1_234_567)
    quoted(product, "0.5123")

    end_day()

    assert state(product, ann) == grown(units_fen=10_000, rates_e4=[5123])
    assert state(product, bob) == grown(units_fen=1_234_567, rates_e4=[5123])
    made = CurrentRun.objects.get()
    assert (made.holdings, made.units_fen, made.income_fen) == (2, 1_244_567, 63)
    assert ledger.balance(accounts.issuer(product.pk)).posted == -63
    assert_sound(product)


def test_income_earns_from_the_next_day_on_and_the_fraction_is_carried() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 10_000)

    for _ in range(9):
        quoted(product, "0.5000")
        end_day()

    assert state(product, ann) == grown(units_fen=10_000, rates_e4=[5000] * 9)
    assert held(product, ann).units_fen == 10_004
    assert_sound(product)


def test_income_of_a_product_that_carries_monthly_earns_from_the_next_month_on() -> None:
    product, ann = fund(carry="monthly"), holder()
    bought(product, ann, 100_000_000)
    expected, earning, residual, month = 100_000_000, 100_000_000, 0, business_days.current().month

    for _ in range(33):
        day = business_days.current()
        if day.month != month:
            earning, month = expected, day.month
        income, residual = divmod(earning * 6000 + residual, 10**8)
        expected += income
        quoted(product, "0.6000")
        end_day()

    assert state(product, ann) == (expected, residual)
    assert_sound(product)


def test_a_loss_is_booked_negative_and_rounded_down() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 10_000)
    quoted(product, "-0.5000")

    end_day()

    assert state(product, ann) == (9_999, 50_000_000)
    assert ledger.balance(accounts.issuer(product.pk)).posted == 1
    assert_sound(product)


def test_units_earn_from_their_day_on_and_not_on_the_day_they_are_redeemed() -> None:
    product, ann = fund(), holder()
    today = business_days.current()
    bought(product, ann, 1_000_000, counts_from=today + DAY)
    quoted(product, "1.0000")
    end_day()
    assert state(product, ann) == (1_000_000, 0)

    sold(product, ann, 400_000)
    quoted(product, "1.0000")
    end_day()

    assert state(product, ann) == (600_060, 0)
    assert_sound(product)


def test_a_missing_quote_makes_its_product_wait_and_alarms_while_others_go_on() -> None:
    product, other, ann = fund(), fund(), holder()
    bought(product, ann, 1_000_000)
    bought(other, ann, 1_000_000)
    first = business_days.current()
    quoted(other, "1.0000")
    end_day()
    assert state(product, ann) == (1_000_000, 0)
    assert state(other, ann) == (1_000_100, 0)
    assert work.is_open(kind=MISSING, target=public_id("prd", product.pk))

    quoted(product, "3.0000")
    quoted(other, "1.0000")
    end_day()
    assert state(product, ann) == (1_000_000, 0)

    sold(product, ann, 250_000)
    quoted(product, "2.0000", first)
    assert late.catch_up_all(at=clock.now()) == 2

    assert state(product, ann) == (1_000_000 + 200 + 300 - 250_000, 6_000_000)
    assert [row.day for row in CurrentIncome.objects.filter(holding_id=held(product, ann).pk).order_by("day")] == [first, first + DAY]
    assert not work.is_open(kind=MISSING, target=public_id("prd", product.pk))
    assert_sound(product)
    assert_sound(other)


def test_a_revised_quote_leaves_all_as_if_it_had_been_right_at_first_also_for_who_sold_everything() -> None:
    product, ann, bob = fund(), holder(), holder()
    first = business_days.current()
    bought(product, ann, 98_765_432)
    bought(product, bob, 12_345_678)
    for income in ("0.7001", "0.7002", "0.7003"):
        quoted(product, income)
        end_day()
    sold(product, bob, held(product, bob).units_fen)
    quoted(product, "0.7004")
    end_day()
    before = held(product, bob).units_fen
    assert before == 0

    seen = revised(product, "0.9999", first + DAY)

    rates = [7001, 9999, 7003]
    ann_units, ann_residual = grown(units_fen=98_765_432, rates_e4=[*rates, 7004])
    assert state(product, ann) == (ann_units, ann_residual)
    was, _ = grown(units_fen=12_345_678, rates_e4=[7001, 7002, 7003])
    now, residual = grown(units_fen=12_345_678, rates_e4=rates)
    last_day, residual = divmod((now - was) * 7004 + residual, 10**8)
    assert state(product, bob) == (now - was + last_day, residual)
    assert (seen.days, seen.holdings, seen.less_fen, seen.short) == (3, 2, 0, 0)
    old_ann, _ = grown(units_fen=98_765_432, rates_e4=[7001, 7002, 7003, 7004])
    assert seen.more_fen == ann_units - old_ann + now - was + last_day
    assert late.catch_up_all(at=clock.now()) == 0
    assert_sound(product)


def test_a_revision_downward_takes_from_free_units_and_the_rest_from_the_next_income() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 10_000_000)
    quoted(product, "5.0000")
    end_day()
    sold(product, ann, 10_005_000)

    seen = revised(product, "1.0000", first)

    assert (seen.less_fen, seen.more_fen, seen.short) == (4_000, 0, 1)
    found = held(product, ann)
    assert (found.units_fen, found.owed_fen) == (0, 4_000)
    assert_sound(product)
    bought(product, ann, 100_000_000)
    quoted(product, "1.0000")
    end_day()
    found = held(product, ann)
    assert (found.units_fen, found.owed_fen) == (100_000_000 - 4_000 + 9_999, 0)
    assert_sound(product)


def test_units_confirmed_late_are_made_up_for_the_days_that_are_booked() -> None:
    product, ann, bob = fund(), holder(2), holder(2)
    first = business_days.current()
    bought(product, ann, 5_000_000)
    bought(product, bob, 1_000_000)
    for income in ("1.1111", "0.9999"):
        quoted(product, income)
        end_day()
    ann_before = CurrentIncome.objects.filter(holding_id=held(product, ann).pk).count()

    bought(product, bob, 2_000_000, counts_from=first)

    assert state(product, bob) == grown(units_fen=3_000_000, rates_e4=[11111, 9999])
    assert CurrentIncome.objects.filter(holding_id=held(product, ann).pk).count() == ann_before
    assert_sound(product)


def test_a_second_run_writes_no_rows() -> None:
    product, ann = fund(), holder()
    day = business_days.current()
    bought(product, ann, 1_000_000)
    quoted(product, "1.0000")
    end_day()
    step = STEPS.get("current.income")
    assert step is not None

    rows = sum(step.run(day=day, shard=part, at=start_of_day(day + DAY)) for part in range(step.shards))

    assert rows == late.catch_up_all(at=clock.now()) == 0
    assert CurrentIncome.objects.count() == 1


def test_first_income_is_told_once_a_customer_whatever_they_hold() -> None:
    product, other, ann, bob = fund(), fund(), holder(), holder()
    bought(product, ann, 1_000_000)
    bought(product, bob, 1)
    quoted(product, "1.0000")
    end_day()
    bought(other, ann, 1_000_000)
    quoted(other, "1.0000")
    quoted(product, "1.0000")
    end_day()

    told = OutboxEvent.objects.filter(topic="wealth.first_income")
    assert [event.payload["customer_id"] for event in told] == [public_id("cus", ann.pk)]


def test_a_quiet_day_of_zero_books_rows_and_no_entry() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    quoted(product, "0.0000")

    end_day()

    made = CurrentRun.objects.get()
    assert (made.holdings, made.income_fen, made.journal_id) == (1, 0, None)
    assert_sound(product)
