"""Many threads on the real PostgreSQL: crossing locks, draining, double capture, one id many times, the bank, the batch."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from accounts.ledger import batch, books, days, periods, queries, services
from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.legs import Draft, credit, debit
from accounts.ledger.models import BackDating, Journal, PeriodClose
from accounts.ledger.refusals import AlreadyReversed, HoldNotOpen, InsufficientFunds
from core.approvals.services import applying
from core.business_day import services as business_day
from core.business_day.models import BusinessDay
from core.errors import DomainError
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_batch import draft
from tests.ledger.test_days import end_the_day
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance
from tests.together import PATIENCE_SECONDS, together, wait_until_blocked


@pytest.fixture(autouse=True)
def committed(transactional_db: None) -> None:
    """Threads need a database where postings commit."""
    books.install()
    business_day.open_first_day(at=AT)


def posted(account: AccountRef) -> int:
    return queries.balance(account).posted


def outcome_of(act) -> str:
    """`done`, or the code of the refusal; anything else is raised."""
    try:
        act()
    except DomainError as refused:
        return refused.code
    return "done"


def test_many_reversals_of_a_journal_on_buffered_accounts_reverse_it_once() -> None:
    left, right = platform_account("test:hot"), platform_account("test:clearing")
    journal = move(left, right, 10).journal_id

    def undo(number: int) -> str:
        return outcome_of(lambda: services.reverse(journal_id=new_id(), reverses=journal, event="test.reversed", at=AT))

    answers = together(undo, 6)
    assert sorted(answers) == ["already_reversed"] * 5 + ["done"]
    assert (posted(left), posted(right)) == (0, 0)
    assert_books_balance()


def test_the_same_reversal_sent_many_times_at_once_answers_alike() -> None:
    left, right, undo_id = platform_account("test:hot"), platform_account("test:clearing"), new_id()
    journal = move(left, right, 10).journal_id
    answers = together(lambda number: services.reverse(journal_id=undo_id, reverses=journal, event="test.reversed", at=AT).replayed, 6)
    assert sorted(answers) == [False] + [True] * 5
    assert (posted(left), posted(right)) == (0, 0)
    assert_books_balance()


def test_crossing_payments_never_deadlock_and_end_where_they_began() -> None:
    a, b, c = user(), user(), user()
    for account in (a, b, c):
        move(world(), account, 1000)
    pairs = [(a, b), (b, a), (b, c), (c, b), (c, a), (a, c)]

    def pay(number: int) -> list[str]:
        source, target = pairs[number % len(pairs)]
        return [outcome_of(lambda: move(source, target, 1)) for _ in range(15)]

    answers = together(pay, 12)
    assert {word for words in answers for word in words} == {"done"}
    assert [posted(account) for account in (a, b, c)] == [1000, 1000, 1000]
    assert_books_balance()


@pytest.mark.xdist_group("a hundred connections")
def test_a_hundred_threads_draining_one_account_take_exactly_what_is_there() -> None:
    payer, payee = user(), user()
    move(world(), payer, 30)
    words = together(lambda _: outcome_of(lambda: move(payer, payee, 1)), 100)
    assert (words.count("done"), words.count(InsufficientFunds.code)) == (30, 70)
    assert (posted(payer), posted(payee)) == (0, 30)
    assert_books_balance()


def test_one_journal_id_sent_by_many_threads_posts_once() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 100)
    answers = together(lambda _: move(payer, payee, 10, journal_id=journal), 20)
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 19
    assert posted(payee) == 10
    hot, other = platform_account("test:hot"), platform_account("test:clearing")
    buffered = new_id()
    answers = together(lambda _: move(hot, other, 3, journal_id=buffered), 20)
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 19
    assert posted(other) == 3
    assert_books_balance()


def test_one_hold_is_captured_or_released_once() -> None:
    payer, payee, held = user(), user(), new_id()
    move(world(), payer, 100)
    services.hold(hold_id=held, account=payer, amount=40, expires_at=AT + timedelta(days=1), at=AT)

    def act(number: int) -> str:
        if number % 4 == 0:
            return outcome_of(lambda: services.release(hold_id=held, at=AT)) + " release"
        legs = [debit(payer, 40), credit(payee, 40)]
        return outcome_of(
            lambda: services.capture(hold_id=held, journal_id=new_id(), event="test.moved", legs=legs, amount=40, at=AT)
        ) + " capture"  # fmt: skip

    words = together(act, 20)
    captures = words.count("done capture")
    assert captures in {0, 1}
    assert posted(payee) == 40 * captures
    assert words.count(f"{HoldNotOpen.code} capture") == 15 - captures
    assert queries.balance(payer).held == 0
    assert_books_balance()


def test_one_journal_is_reversed_once_by_many_threads() -> None:
    payer, journal = user(), new_id()
    move(world(), payer, 10, journal_id=journal)
    words = together(
        lambda _: outcome_of(lambda: services.reverse(journal_id=new_id(), reverses=journal, event="test.reversed", at=AT)), 12
    )
    assert sorted(words) == [AlreadyReversed.code] * 11 + ["done"]
    assert posted(payer) == 0
    assert_books_balance()


def test_five_hundred_payments_of_100_each_way_in_batches_at_once_end_at_nothing_without_deadlock() -> None:
    a, b = user(role="test:free"), user(role="test:free")
    move(a, b, 1)
    move(b, a, 1)

    def post(number: int) -> int:
        source, target = (a, b) if number % 2 else (b, a)
        items = [draft(source, target, 100) for _ in range(250)]
        return sum(outcome.posted is not None for outcome in batch.post_many(items, at=AT))

    assert together(post, 4) == [250] * 4
    assert (posted(a), posted(b)) == (0, 0)
    assert_books_balance()


def move_somehow(dice: random.Random, wallets: list[AccountRef], fee: AccountRef, clearing: AccountRef) -> None:
    """One act of four kinds between two of the wallets; refusals are outcomes too."""
    source, target = dice.sample(wallets, 2)
    amount = dice.randint(1, 3000)
    match dice.randint(0, 3):
        case 0:
            outcome_of(lambda: services.post(
                journal_id=new_id(), event="test.moved", at=AT,
                legs=[debit(source, amount + 5), credit(target, amount), credit(fee, 5)],
            ))  # fmt: skip
        case 1:
            batch.post_many([draft(source, target, amount), draft(target, source, amount // 2 + 1), draft(source, clearing, 1)], at=AT)
        case 2:
            held = new_id()
            if (
                outcome_of(lambda: services.hold(hold_id=held, account=source, amount=amount, expires_at=AT + timedelta(days=1), at=AT))
                == "done"
            ):
                legs = [debit(source, amount), credit(target, amount)]
                services.capture(hold_id=held, journal_id=new_id(), event="test.moved", legs=legs, amount=amount, at=AT)
        case 3:
            outcome_of(lambda: move(source, target, amount))


def test_the_sum_of_twenty_wallets_is_constant_in_every_snapshot_while_threads_move_money() -> None:
    wallets = [user() for _ in range(20)]
    fee, clearing = platform_account("test:hot"), platform_account("test:clearing")
    for wallet in wallets:
        move(world(), wallet, 10_000)
    stop = threading.Event()
    sums: list[int] = []

    def watch() -> None:
        keys = [account.id for account in (*wallets, fee, clearing)]
        while not stop.is_set():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT sum(posted) FROM ledger_balance WHERE account_id = ANY(%s)", [keys])
                total = cursor.fetchone()[0]
                cursor.execute("SELECT coalesce(sum(amount), 0) FROM ledger_pending WHERE account_id = ANY(%s)", [keys])
                sums.append(int(total + cursor.fetchone()[0]))

    def work(number: int) -> str:
        if number == 0:
            watch()
            return "watched"
        if number == 1:
            while not stop.is_set():
                days.fold(limit=50)
            return "folded"
        dice = random.Random(number)
        try:
            for _ in range(60):
                move_somehow(dice, wallets, fee, clearing)
        finally:
            if finished.acquire() and not running.pop() and not running:
                stop.set()
            finished.release()
        return "moved"

    finished = threading.Lock()
    running = [0] * 6
    answers = together(work, 8)
    assert answers == ["watched", "folded"] + ["moved"] * 6
    assert len(sums) > 5
    assert set(sums) == {200_000}
    days.fold_all()
    assert sum(posted(account) for account in (*wallets, fee, clearing)) == 200_000
    assert_books_balance()


def test_postings_under_way_at_the_cut_off_are_waited_for_by_the_barrier() -> None:
    account = user()
    move(world(), account, 1)
    inside, go_on = threading.Event(), threading.Event()

    def slow_poster() -> str:
        with transaction.atomic():
            done = move(world(), account, 2)
            inside.set()
            go_on.wait(PATIENCE_SECONDS)
        return done.business_on.isoformat()

    def end_of_day() -> int:
        inside.wait(PATIENCE_SECONDS)
        business_day.cut_off(at=AT + timedelta(days=1))
        go_on.set()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT ledger_barrier()")
            cursor.execute("SELECT count(*) FROM ledger_journal WHERE business_on = '2026-11-22'")
            return cursor.fetchone()[0]

    answers = together(lambda number: slow_poster() if number == 0 else end_of_day(), 2)
    assert answers == ["2026-11-22", 2]
    assert move(world(), account, 4).business_on.isoformat() == "2026-11-23"
    assert BusinessDay.objects.filter(state="open").count() == 1


def test_a_deadlock_is_tried_again_with_the_same_id_outside_a_transaction_alone() -> None:
    a, b = user(), user()
    for account in (a, b):
        move(world(), account, 10)
    journal = new_id()
    locked = threading.Event()

    def crossing() -> str:
        """Locks against the ledger's order, the second account once the poster waits for the first: the poster is the victim, which
        looks for a deadlock sooner. It looks once, so this side has until then to wait in its turn."""
        first, second = sorted((a.id, b.id), reverse=True)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '60s'")
                cursor.execute("SELECT FROM ledger_balance WHERE account_id = %s FOR UPDATE", [first])
                locked.set()
                wait_until_blocked()
                cursor.execute("SELECT FROM ledger_balance WHERE account_id = %s FOR UPDATE", [second])
            return "passed"
        except OperationalError:
            return "victim"

    def poster() -> bool:
        locked.wait(PATIENCE_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '2s'")
        return move(a, b, 3, journal_id=journal).replayed

    answers = together(lambda number: crossing() if number == 0 else poster(), 2)
    assert answers == ["passed", False]
    assert Journal.objects.filter(id=journal).count() == 1
    assert (posted(a), posted(b)) == (7, 13)


def test_drafts_of_many_threads_with_one_id_post_once() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 100)
    item = Draft(journal, "test.moved", [debit(payer, 10), credit(payee, 10)])
    answers = together(lambda _: batch.post_many([item, item], at=AT), 10)
    assert sum(not outcome.posted.replayed for answer in answers for outcome in answer) == 1
    assert posted(payee) == 10


def test_the_end_of_day_and_two_people_who_close_the_same_day_at_once_close_it_once() -> None:
    day = end_the_day()
    BackDating.objects.create(starts_on=day, days=1, note="a test")

    def close(number: int) -> int | str:
        if number % 2:
            return periods.close_old(day=day + timedelta(days=1), at=AT)
        with applying("ledger.close_period", maker="staff:max", checker="staff:cara"):
            return outcome_of(lambda: periods.close(through_on=day, at=AT))

    answers = together(close, 6)
    refused = ["ledger_period_closed"]
    assert sorted(map(str, answers)) in (["0"] * 3 + ["done"] + refused * 2, ["0"] * 2 + ["1"] + refused * 3)
    assert PeriodClose.objects.count() == 1
