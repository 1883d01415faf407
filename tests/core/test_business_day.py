"""Business days: one open, in order, closed only when everything is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.business_day import queries, services
from core.business_day.models import BusinessDay, EodRun, EodShard
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from tests.together import together

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def states() -> dict[date, str]:
    return dict(BusinessDay.objects.values_list("day", "state"))


@pytest.mark.django_db
def test_the_first_day_is_the_shanghai_day_and_is_opened_once() -> None:
    late = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert services.open_first_day(at=late).day == DAY
    assert services.open_first_day(at=late + timedelta(days=3)).day == DAY
    assert states() == {DAY: "open"}
    assert queries.current() == DAY


@pytest.mark.django_db
def test_without_an_open_day_there_is_no_current_one() -> None:
    with pytest.raises(queries.NoOpenDay):
        queries.current()
    with pytest.raises(queries.NoOpenDay):
        services.cut_off(at=NOON)


@pytest.mark.django_db
def test_a_day_is_not_cut_off_a_second_before_midnight_in_shanghai() -> None:
    services.open_first_day(at=NOON)
    with pytest.raises(services.DayNotOver):
        services.cut_off(at=MIDNIGHT - timedelta(seconds=1))
    assert states() == {DAY: "open"}


@pytest.mark.django_db
def test_the_cut_off_opens_the_next_day_and_tells_so() -> None:
    services.open_first_day(at=NOON)
    assert services.cut_off(at=MIDNIGHT).day == DAY + timedelta(days=1)
    assert states() == {DAY: "cut_off", DAY + timedelta(days=1): "open"}
    assert queries.awaiting_close() == [DAY]
    assert OutboxEvent.objects.values_list("topic", "payload").get() == ("business_day.cut_off", {"day": "2026-11-22"})


@pytest.mark.django_db
def test_a_day_with_an_undone_shard_does_not_close() -> None:
    services.open_first_day(at=NOON)
    services.cut_off(at=MIDNIGHT)
    run = EodRun.objects.create(day_id=DAY, step="tests.interest", place=1, shards=1, planned_at=MIDNIGHT)
    shard = EodShard.objects.create(run=run, shard=0)
    with pytest.raises(services.DayNotDone):
        services.close(day=DAY, at=MIDNIGHT)
    assert states()[DAY] == "cut_off"
    EodShard.objects.filter(pk=shard.pk).update(state="running", started_at=MIDNIGHT)
    EodShard.objects.filter(pk=shard.pk).update(state="done", finished_at=MIDNIGHT)
    assert services.close(day=DAY, at=MIDNIGHT).closed_at == MIDNIGHT
    assert services.close(day=DAY, at=MIDNIGHT + timedelta(hours=1)).closed_at == MIDNIGHT


@pytest.mark.django_db
def test_an_open_day_does_not_close() -> None:
    services.open_first_day(at=NOON)
    with pytest.raises(WrongState):
        services.close(day=DAY, at=MIDNIGHT)
    assert states() == {DAY: "open"}


@pytest.mark.django_db(transaction=True)
def test_ten_threads_that_open_the_first_day_open_one() -> None:
    assert {row.day for row in together(lambda _: services.open_first_day(at=NOON), 10)} == {DAY}
    assert states() == {DAY: "open"}


@pytest.mark.django_db(transaction=True)
def test_ten_threads_that_cut_off_move_one_day() -> None:
    services.open_first_day(at=NOON)
    results = together(lambda _: services.cut_off(at=MIDNIGHT), 10)
    assert [result.day for result in results if isinstance(result, BusinessDay)] == [DAY + timedelta(days=1)]
    assert {type(result) for result in results} <= {BusinessDay, WrongState, services.DayNotOver}
    assert states() == {DAY: "cut_off", DAY + timedelta(days=1): "open"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "closed", "cut_off_at": NOON, "closed_at": NOON}, "core_businessday_moves"),
        ({"state": "holiday"}, "core_businessday_moves"),
        ({"state": "cut_off"}, "core_businessday_stamps"),
        ({"closed_at": NOON}, "core_businessday_stamps"),
    ],
)
def test_the_database_refuses_an_impossible_day(change: dict[str, object], constraint: str) -> None:
    services.open_first_day(at=NOON)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BusinessDay.objects.filter(day=DAY).update(**change)
    assert refusal.value.__cause__.diag.constraint_name == constraint
    assert states() == {DAY: "open"}


@pytest.mark.django_db
def test_the_database_refuses_a_second_open_day_and_a_day_born_closed() -> None:
    services.open_first_day(at=NOON)
    with pytest.raises(IntegrityError, match="core_businessday_one_open"), transaction.atomic():
        BusinessDay.objects.create(day=date(2027, 1, 1), opened_at=NOON)
    with pytest.raises(IntegrityError, match="cannot begin as closed"), transaction.atomic():
        BusinessDay.objects.create(day=date(2027, 1, 1), state="closed", opened_at=NOON, cut_off_at=NOON, closed_at=NOON)
