"""Dates: as-of both ways, the sums of a day, closed periods, GL and trial balance, open items."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from accounts.ledger import days, queries, services
from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import GLRule, GLTotal, Movement
from accounts.ledger.refusals import EffectiveInFuture
from accounts.ledger.steps import Barrier, FoldAhead, Manifest, Partitions, Roll
from core.business_day import services as business_day
from core.business_day.models import BusinessDay
from core.business_day.queries import NoOpenDay
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")

TODAY = date(2026, 11, 22)


def ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def end_the_day(close: bool = True) -> date:
    """Cut the open day off, run the ledger's steps on it, close it; returns it."""
    day = BusinessDay.objects.get(state="open").day
    at = datetime.combine(day + timedelta(days=1), AT.timetz())
    business_day.cut_off(at=at)
    for step in (FoldAhead(), Barrier(), Roll(), Manifest(), Partitions()):
        for shard in range(step.shards):
            step.run(day=day, shard=shard, at=at)
    if close:
        business_day.close(day=day, at=at)
    return day


def posted_on(account: AccountRef, as_of: date | datetime) -> int:
    return queries.balance(account, as_of).posted


def test_as_of_by_posting_and_by_effective_date_follow_the_case_of_seven_movements() -> None:
    u1, u2, bank = user(role="test:free"), user(role="test:free"), user(role="test:free")
    plan = [
        (world(), u1, 100, 6),
        (world(), u2, 125, 5),
        (u1, u2, 75, 4),
        (world(), u1, 175, 3),
        (u2, bank, 50, 2),
        (u2, u1, 100, 1),
        (u1, bank, 150, 0),
    ]
    stamps = [move(source, target, amount, effective_on=ago(back)).posted_at for source, target, amount, back in plan]

    assert [posted_on(account, stamps[-1]) for account in (u1, u2, bank, world())] == [150, 50, 200, -400]
    assert [posted_on(account, stamps[4]) for account in (u1, u2, bank, world())] == [200, 150, 50, -400]
    assert [posted_on(account, ago(4)) for account in (u1, u2, world())] == [25, 200, -225]
    assert [posted_on(account, ago(2)) for account in (u1, u2)] == [200, 150]
    assert posted_on(u1, stamps[0] - timedelta(seconds=1)) == 0
    assert_books_balance()


def test_by_order_of_insertion_a_movement_posted_now_counts_whatever_its_effective_date() -> None:
    account = user()
    first = move(world(), account, 100, effective_on=ago(1))
    second = move(world(), account, 50, effective_on=ago(3))
    assert posted_on(account, first.posted_at) == 100
    assert posted_on(account, second.posted_at) == 150
    assert [posted_on(account, ago(back)) for back in (4, 3, 2, 1, 0)] == [0, 50, 50, 150, 150]


def test_the_roll_of_a_day_changes_no_as_of_answer_and_back_dating_touches_one_row() -> None:
    account = user()
    move(world(), account, 100)
    move(world(), account, 30, effective_on=ago(2))
    before = [posted_on(account, ago(back)) for back in (3, 2, 1, 0)]
    day = end_the_day()
    assert [posted_on(account, ago(back)) for back in (3, 2, 1, 0)] == before == [0, 30, 30, 130]
    assert days.rolled(day)

    move(world(), account, 7, effective_on=ago(1))
    assert [posted_on(account, ago(back)) for back in (3, 2, 1, 0, -1)] == [0, 30, 37, 137, 137]
    rows_before = {row.effective_on: row.credit for row in Movement.objects.filter(account_id=account.id)}
    end_the_day()
    rows_after = {row.effective_on: row.credit for row in Movement.objects.filter(account_id=account.id)}
    assert rows_before == {ago(2): 30, ago(0): 100}
    assert rows_after == {ago(2): 30, ago(1): 7, ago(0): 100}
    assert [posted_on(account, ago(back)) for back in (3, 2, 1, 0, -1)] == [0, 30, 37, 137, 137]
    assert_books_balance()


def test_between_cut_off_and_roll_the_day_before_is_still_answered() -> None:
    account = user()
    move(world(), account, 100)
    business_day.cut_off(at=AT + timedelta(days=1))
    move(world(), account, 20)
    assert posted_on(account, TODAY) == 100
    assert posted_on(account, TODAY + timedelta(days=1)) == 120


def test_rolling_a_day_twice_changes_nothing() -> None:
    account = user()
    move(world(), account, 100)
    day = end_the_day()
    assert sum(Roll().run(day=day, shard=shard, at=AT) for shard in range(days.RANGES)) == 0
    assert Movement.objects.get(account_id=account.id).credit == 100
    assert_books_balance()


def live_from() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_live_from()")
        found: date = cursor.fetchone()[0]
        return found


def open_day() -> date:
    return BusinessDay.objects.get(state="open").day


def test_the_first_day_counted_live_is_the_first_that_some_range_has_not_summed() -> None:
    account = user(role="test:free")
    move(world(), account, 100)
    first = end_the_day()
    assert live_from() == open_day()

    move(world(), account, 20)
    late = open_day()
    business_day.cut_off(at=datetime.combine(late + timedelta(days=1), AT.timetz()))
    move(world(), account, 3)
    for shard in (0, 1, 3):
        Roll().run(day=late, shard=shard, at=AT)
    assert live_from() == late
    assert [posted_on(account, day) for day in (first, late, open_day())] == [100, 120, 123]

    Roll().run(day=late, shard=2, at=AT)
    assert live_from() == open_day()
    assert [posted_on(account, day) for day in (first, late, open_day())] == [100, 120, 123]


def test_a_gap_in_the_summed_days_is_counted_live_until_it_is_summed_too() -> None:
    account = user(role="test:free")
    days_ended = []
    for amount in (100, 20, 3):
        move(world(), account, amount)
        days_ended.append(end_the_day())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_rolledday SET unbroken = false WHERE day >= %s", [days_ended[1]])
    assert live_from() == days_ended[1]
    assert [posted_on(account, day) for day in days_ended] == [100, 120, 123]

    move(world(), account, 4)
    days_ended.append(end_the_day())

    assert live_from() == open_day()
    assert [posted_on(account, day) for day in days_ended] == [100, 120, 123, 127]
    assert_books_balance()


def test_an_effective_date_after_the_business_day_is_refused() -> None:
    with pytest.raises(EffectiveInFuture):
        move(world(), user(), 1, effective_on=TODAY + timedelta(days=1))


def test_without_an_open_business_day_nothing_is_posted() -> None:
    BusinessDay.objects.filter(state="open").update(state="cut_off", cut_off_at=AT)
    account = user()
    with pytest.raises(NoOpenDay):
        move(world(), account, 1)
    assert queries.balance(account).posted == 0


def test_a_posting_takes_the_business_day_that_is_open_when_it_posts() -> None:
    account = user()
    assert move(world(), account, 1).business_on == TODAY
    business_day.cut_off(at=AT + timedelta(days=1))
    assert move(world(), account, 1).business_on == TODAY + timedelta(days=1)


def gl_lines(as_of: date | None = None) -> dict[str, tuple[int, int]]:
    return {line.gl_code: (line.debit, line.credit) for line in queries.trial_balance(as_of) if line.asset == "CNY"}


def test_savings_opened_with_1000_and_moved_four_times_end_at_2900_with_the_gl_of_the_case() -> None:
    savings, cash, fee = user(), world(), platform_account("test:hot")
    move(cash, savings, 1000)
    move(cash, savings, 7000)
    move(savings, cash, 3000)
    legs = [debit(savings, 2000), debit(savings, 100), credit(cash, 2000), credit(fee, 100)]
    services.post(journal_id=new_id(), event="test.moved", legs=legs, at=AT)
    assert queries.balance(savings).posted == 2900
    assert gl_lines() == {"9001": (8000, 5000), "9002": (5100, 8000), "9003": (0, 100)}
    assert [line.amount for line in queries.entries(savings)] == [-100, -2000, -3000, 7000, 1000]
    assert_books_balance()


def test_the_trial_balance_is_zero_per_asset_and_equals_the_accounts_as_of_every_day_rolled_or_not() -> None:
    a, b, hot = user(), user(asset="USD"), platform_account("test:hot")
    move(world(), a, 500, effective_on=ago(3))
    move(world("USD"), b, 70)
    move(a, hot, 40, event="test.charged")

    def proved(day: date | None) -> None:
        lines = queries.trial_balance(day)
        for asset in ("CNY", "USD"):
            assert sum(line.debit - line.credit for line in lines if line.asset == asset) == 0
        accounts = queries.subledger(day)
        assert sum(accounts.values()) == 0
        kinds = {"9001": "test:world", "9002": "test:user", "9004": "test:hot"}
        for line in lines:
            assert line.credit - line.debit == accounts[kinds[line.gl_code], line.asset]

    for day in (ago(4), ago(3), ago(1), TODAY, None):
        proved(day)
    assert gl_lines(ago(1)) == {"9001": (500, 0), "9002": (0, 500)}
    end_the_day()
    for day in (ago(4), ago(3), ago(1), TODAY, None):
        proved(day)
    assert gl_lines(TODAY) == {"9001": (500, 0), "9002": (40, 500), "9004": (0, 40)}
    assert GLTotal.objects.exists()
    assert_books_balance()


def test_a_gl_rule_changes_by_version_from_a_day_on_and_never_overlaps() -> None:
    hot = platform_account("test:hot")
    account = user()
    move(world(), account, 100)
    move(account, hot, 10)
    tomorrow = TODAY + timedelta(days=1)
    rule = GLRule.objects.get(role_id="test:hot", event="")
    rule.valid_to = tomorrow
    rule.save()
    GLRule.objects.create(role_id="test:hot", event="", gl_code_id="9004", valid_from=tomorrow)
    end_the_day()
    move(account, hot, 5)
    assert gl_lines()["9003"] == (0, 10)
    assert gl_lines()["9004"] == (0, 5)
    assert_books_balance()


def test_open_items_are_listed_by_reference_with_age_until_their_sum_is_zero() -> None:
    clearing, account = platform_account("test:clearing"), user()
    first = move(clearing, account, 100, reference="top_1")
    move(clearing, account, 30, reference="top_2")

    def listed(at: datetime) -> list[tuple[str, int, int]]:
        return [(item.reference, item.amount, item.age_seconds) for item in queries.open_items(clearing, at=at)]

    later = first.posted_at + timedelta(seconds=90)
    assert [item[:2] for item in listed(later)] == [("top_1", -100), ("top_2", -30)]
    assert [item.reference for item in queries.open_items(clearing, at=later, limit=1)] == ["top_1"]
    days.fold_all()
    assert listed(later)[0] == ("top_1", -100, 90)
    move(world(), clearing, 100, reference="top_1")
    assert [item[:2] for item in listed(later)] == [("top_2", -30)]
    days.fold_all()
    assert [item[:2] for item in listed(later)] == [("top_2", -30)]
    assert_books_balance()


def test_a_buffered_account_counts_pending_legs_at_once_and_folding_changes_no_balance() -> None:
    hot, account = platform_account("test:hot"), user()
    move(world(), account, 100)
    for _ in range(5):
        move(account, hot, 7)
    assert queries.balance(hot).posted == 35
    assert queries.entries(hot) == []
    assert days.fold_all() == 5
    assert queries.balance(hot).posted == 35
    assert [(line.version, line.balance_after) for line in queries.entries(hot)] == [(5, 35), (4, 28), (3, 21), (2, 14), (1, 7)]
    assert_books_balance()


def test_a_past_instant_of_a_buffered_account_answers_the_same_before_and_after_the_fold() -> None:
    hot, account = platform_account("test:hot"), user()
    move(world(), account, 100)
    done = move(account, hot, 7)
    assert (posted_on(account, done.posted_at), posted_on(hot, done.posted_at)) == (93, 0)
    days.fold_all()
    assert (posted_on(account, done.posted_at), posted_on(hot, done.posted_at)) == (93, 0)
    assert posted_on(hot, queries.entries(hot)[0].posted_at) == 7
    assert posted_on(hot, TODAY) == queries.balance(hot).posted == 7


def test_a_sharded_account_is_read_at_once_as_the_sum_of_its_rows() -> None:
    wide, account = platform_account("test:wide"), user()
    move(world(), account, 100)
    done = move(account, wide, 30)
    assert queries.balance(wide).posted == 30
    assert queries.balance(wide, done.posted_at).posted == 30
    assert_books_balance()


def test_the_statement_pages_newest_first_without_gap_or_repeat() -> None:
    account = user()
    for amount in range(1, 8):
        move(world(), account, amount, reference=f"r{amount}")
    first = queries.entries(account, limit=3)
    second = queries.entries(account, before=first[-1], limit=3)
    third = queries.entries(account, before=second[-1], limit=3)
    assert [line.amount for line in first + second + third] == [7, 6, 5, 4, 3, 2, 1]
    assert first[0].reference == "r7"


def test_lists_for_operators_show_balances_legs_and_holds() -> None:
    payer, hot = user(), platform_account("test:hot")
    move(world(), payer, 50)
    done = move(payer, hot, 20)
    services.hold(hold_id=new_id(), account=payer, amount=5, expires_at=AT + timedelta(days=1), at=AT)
    listed = {row.id: (row.posted, row.pending, row.held) for row in queries.accounts_with_balances()}
    assert listed[payer.id] == (30, 0, 5)
    assert listed[hot.id] == (0, 20, 0)
    journal = queries.journals().get(id=done.journal_id)
    assert [(account.name, amount) for account, amount in queries.legs(journal)] == [("test:user", -20), ("test:hot", 20)]
    assert queries.holds(payer, open_only=True).count() == 1
