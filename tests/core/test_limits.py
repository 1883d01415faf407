"""Limits: never over the cap, however many take at once."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from core.clock import queries as clock
from core.desk.tasks import forget_sessions
from core.limits import queries
from core.limits.models import LimitCounter
from core.limits.services import LimitReached, forget_old, give_back, take
from tests.query_counts import queries_of
from tests.together import together

OWNER = uuid.UUID("01933f6e-0000-7000-8000-00000000002a")
DAY = {"counter": "outflow.day", "owner": OWNER, "period": "2026-11-22"}


def used() -> int:
    return queries.used(**DAY)


@pytest.mark.django_db
def test_taking_adds_up_to_the_cap_and_not_one_fen_over() -> None:
    assert take(**DAY, amount=60, cap=100) == 60
    assert take(**DAY, amount=40, cap=100) == 100
    with pytest.raises(LimitReached) as refusal:
        take(**DAY, amount=1, cap=100)
    assert refusal.value.members == {"counter": "outflow.day", "cap": 100, "used": 100, "remaining": 0}
    assert used() == 100


@pytest.mark.django_db
def test_a_first_take_over_the_cap_is_refused_and_leaves_no_row() -> None:
    with pytest.raises(LimitReached) as refusal:
        take(**DAY, amount=101, cap=100)
    assert refusal.value.members["remaining"] == 100
    assert LimitCounter.objects.count() == 0


@pytest.mark.django_db
def test_a_cap_that_was_lowered_below_what_is_used_shows_nothing_remaining() -> None:
    take(**DAY, amount=80, cap=100)
    with pytest.raises(LimitReached) as refusal:
        take(**DAY, amount=1, cap=50)
    assert refusal.value.members["remaining"] == 0
    assert used() == 80


@pytest.mark.django_db
def test_what_is_given_back_can_be_taken_again() -> None:
    take(**DAY, amount=100, cap=100)
    assert give_back(**DAY, amount=30) == 70
    assert take(**DAY, amount=30, cap=100) == 100


@pytest.mark.django_db
def test_more_than_was_taken_is_never_given_back() -> None:
    take(**DAY, amount=10, cap=100)
    with pytest.raises(ValueError, match="never taken"):
        give_back(**DAY, amount=11)
    assert used() == 10


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_are_taken_or_given_back(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        take(**DAY, amount=amount, cap=100)
    with pytest.raises(ValueError, match="positive"):
        give_back(**DAY, amount=amount)


@pytest.mark.django_db
def test_periods_counters_and_owners_do_not_touch_each_other() -> None:
    take(**DAY, amount=100, cap=100)
    assert take(**{**DAY, "period": "2026-11-23"}, amount=100, cap=100) == 100
    assert take(**{**DAY, "counter": "outflow.year"}, amount=100, cap=100) == 100
    assert take(**{**DAY, "owner": uuid.uuid4()}, amount=100, cap=100) == 100


@pytest.mark.django_db
def test_a_take_is_undone_with_the_transaction_it_was_part_of() -> None:
    with transaction.atomic():
        take(**DAY, amount=100, cap=100)
        transaction.set_rollback(True)
    assert used() == 0


@pytest.mark.xdist_group("a hundred connections")
@pytest.mark.django_db(transaction=True)
def test_a_hundred_threads_cannot_cross_the_cap_by_a_fen() -> None:
    results = together(lambda _: take(**DAY, amount=7, cap=333), 100)
    taken = [result for result in results if isinstance(result, int)]
    refused = [result for result in results if isinstance(result, LimitReached)]
    assert (len(taken), len(refused)) == (47, 53)
    assert sorted(taken) == [7 * count for count in range(1, 48)]
    assert used() == 329


@pytest.mark.django_db(transaction=True)
def test_takes_and_give_backs_in_threads_add_up() -> None:
    take(**DAY, amount=500, cap=1000)
    together(lambda number: take(**DAY, amount=3, cap=1000) if number % 2 else give_back(**DAY, amount=5), 60)
    assert used() == 500 + 30 * 3 - 30 * 5


@pytest.mark.django_db
def test_the_database_refuses_a_negative_counter() -> None:
    take(**DAY, amount=5, cap=10)
    with pytest.raises(IntegrityError, match="core_limitcounter_used"), transaction.atomic():
        LimitCounter.objects.update(used=-1)


@pytest.mark.django_db
def test_the_database_refuses_a_second_row_of_one_counter_and_a_shard_out_of_range() -> None:
    take(**DAY, amount=5, cap=10)
    row = LimitCounter.objects.get()
    with pytest.raises(IntegrityError, match="core_limitcounter_once"), transaction.atomic():
        LimitCounter.objects.create(shard=row.shard, counter=row.counter, owner=row.owner, period=row.period, used=1)
    with pytest.raises(IntegrityError, match="core_limitcounter_shard"), transaction.atomic():
        LimitCounter.objects.create(shard=64, counter="x", owner=OWNER, period="life", used=1)


@pytest.mark.django_db
def test_a_take_is_one_statement() -> None:
    statements = queries_of(lambda: take(**DAY, amount=1, cap=10))
    assert len(statements) == 1
    assert statements[0].strip().startswith("INSERT INTO core_limitcounter")


@pytest.mark.django_db
def test_counters_of_old_days_and_hours_are_forgotten_in_batches_and_all_others_kept() -> None:
    at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    for period in ["2026-10-17", "2026-10-16T09", "2025-01-01", "2026-10-18", "2026-11-22T11", "2026-10", "2026", "life"]:
        take(counter="c", owner=OWNER, period=period, amount=1, cap=1)
    assert [forget_old(at=at, batch=2) for _ in range(3)] == [2, 1, 0]
    kept = set(LimitCounter.objects.values_list("period", flat=True))
    assert kept == {"2026-10-18", "2026-11-22T11", "2026-10", "2026", "life"}


@pytest.mark.django_db
def test_a_batch_is_no_larger_than_told_whatever_plan_is_taken() -> None:
    """A plan that looks for the batch once for every row would find another one each time."""
    at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    for number in range(9):
        take(counter=f"c{number}", owner=OWNER, period="2026-10-01", amount=1, cap=1)
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert [forget_old(at=at, batch=2) for _ in range(2)] == [2, 2]
    assert LimitCounter.objects.count() == 5


@pytest.mark.django_db
def test_giving_back_to_a_day_forgotten_already_does_nothing_and_to_any_other_is_a_fault() -> None:
    today = clock.local_day(clock.now())
    periods = {"kept": (today - timedelta(days=35)).isoformat(), "forgotten": (today - timedelta(days=36)).isoformat()}
    assert give_back(counter="c", owner=OWNER, period=periods["forgotten"], amount=1) == 0
    for period in (periods["kept"], "2001-01", "2001", "life"):
        with pytest.raises(ValueError, match="never taken"):
            give_back(counter="c", owner=OWNER, period=period, amount=1)
    assert LimitCounter.objects.count() == 0


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten_in_batches_and_others_kept() -> None:
    for key, hours in {"a": -1, "b": -2, "c": -3, "d": 1}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=clock.wall() + timedelta(hours=hours))
    assert [forget_sessions(batch=2) for _ in range(3)] == [2, 1, 0]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["d"]
