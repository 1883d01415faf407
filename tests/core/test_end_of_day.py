"""The end of day: in order, restartable at any point, and twice is once."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.business_day import queries, services
from core.business_day.end_of_day import Outcome, Progress, StepGone, catch_up
from core.business_day.models import BusinessDay, EodRun, EodShard
from core.clock.queries import start_of_day
from tests.core.eod_steps import Idle, Interest, Seldom, credited, plugged
from tests.processes import killed_at
from tests.together import together

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
INTEREST = Interest()
REPORT = Interest(name="tests.report", order=20, shards=2)


def shards() -> list[tuple[str, int, str, int, int]]:
    rows = EodShard.objects.order_by("run__day", "run__place", "shard")
    return list(rows.values_list("run__step", "shard", "state", "rows", "tries"))


def closed_days() -> list[date]:
    return list(BusinessDay.objects.filter(state="closed").order_by("day").values_list("day", flat=True))


@pytest.mark.django_db
def test_a_day_closes_after_every_shard_of_every_step_in_order() -> None:
    services.open_first_day(at=NOON)
    seen: list[Progress] = []
    with plugged(REPORT, INTEREST):
        outcome = catch_up(at=MIDNIGHT, report=seen.append)
    assert (outcome.closed, outcome.rows, outcome.failed) == ([DAY], 18, [])
    assert shards() == [("tests.interest", shard, "done", 3, 1) for shard in range(4)] + [
        ("tests.report", shard, "done", 3, 1) for shard in range(2)
    ]
    assert [(row.step, row.done) for row in seen] == [
        *(("tests.interest", done) for done in range(5)),
        *(("tests.report", done) for done in range(3)),
        ("", 0),
    ]
    assert queries.current() == DAY + timedelta(days=1)
    assert BusinessDay.objects.get(day=DAY).state == "closed"


@pytest.mark.django_db
def test_running_it_again_touches_nothing() -> None:
    services.open_first_day(at=NOON)
    with plugged(INTEREST):
        catch_up(at=MIDNIGHT)
        before = list(EodShard.objects.values())
        assert catch_up(at=MIDNIGHT + timedelta(hours=1)) == Outcome()
    assert list(EodShard.objects.values()) == before
    assert credited(DAY) == [100, 100, 100, 100]


@pytest.mark.django_db
def test_before_midnight_nothing_is_cut_off() -> None:
    with plugged(INTEREST):
        assert catch_up(at=MIDNIGHT - timedelta(seconds=1)) == Outcome()
    assert (queries.current(), closed_days()) == (DAY, [])


@pytest.mark.django_db
def test_days_that_passed_are_opened_cut_off_and_closed_one_after_the_other() -> None:
    services.open_first_day(at=NOON)
    with plugged(INTEREST):
        outcome = catch_up(at=NOON + timedelta(days=3))
    days = [DAY + timedelta(days=passed) for passed in range(3)]
    assert (outcome.closed, closed_days(), queries.current()) == (days, days, DAY + timedelta(days=3))
    assert [credited(day) for day in days] == [[100] * 4] * 3


@pytest.mark.django_db
def test_a_failing_shard_lets_its_siblings_finish_and_stops_what_comes_after() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(broken={1}), REPORT):
        outcome = catch_up(at=MIDNIGHT)
        assert [failure.split(" at ")[0] for failure in outcome.failed] == ["2026-11-22 tests.interest/1: KeyError"]
    assert [state for _, _, state, _, _ in shards()] == ["done", "failed", "done", "done", "waiting", "waiting"]
    assert credited(DAY) == [100, 0, 100, 100]
    assert BusinessDay.objects.get(day=DAY).state == "cut_off"
    with plugged(INTEREST, REPORT):
        assert catch_up(at=MIDNIGHT).closed == [DAY]
    assert credited(DAY) == [100, 100, 100, 100]
    assert shards()[1] == ("tests.interest", 1, "done", 3, 2)


@pytest.mark.django_db
def test_shards_that_share_a_transaction_are_each_done_alone_when_one_of_them_fails() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(shards=7, broken={4})):
        outcome = catch_up(at=MIDNIGHT)
    assert len(outcome.failed) == 1
    assert shards() == [("tests.interest", shard, "failed" if shard == 4 else "done", 0 if shard == 4 else 3, 1) for shard in range(7)]
    assert credited(DAY, shards=7) == [0 if shard == 4 else 100 for shard in range(7)]


@pytest.mark.django_db
def test_quick_shards_share_their_statements(django_assert_max_num_queries: Any) -> None:
    services.open_first_day(at=NOON)
    with plugged(Idle(shards=64)), django_assert_max_num_queries(100):
        assert catch_up(at=MIDNIGHT).closed == [DAY]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [set(), {9}])
def test_a_step_that_knows_its_busy_shards_is_run_for_them_alone(broken: set[int]) -> None:
    services.open_first_day(at=NOON)
    due = {2, 5, 9, 11}
    step = Seldom(shards=16, due=due, broken=broken)
    with plugged(step):
        outcome = catch_up(at=MIDNIGHT)
    assert set(step.ran) == due
    assert len(outcome.failed) == len(broken)
    wanted = [("failed", 0) if shard in broken else ("done", 3 if shard in due else 0) for shard in range(16)]
    assert [(state, rows) for _, _, state, rows, _ in shards()] == wanted
    assert credited(DAY, shards=16) == [100 if shard in due - broken else 0 for shard in range(16)]


@pytest.mark.django_db
def test_business_goes_on_while_an_old_day_is_stuck_and_later_days_wait_for_it() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(broken={0})):
        catch_up(at=NOON + timedelta(days=2))
    assert (queries.current(), queries.awaiting_close()) == (DAY + timedelta(days=2), [DAY, DAY + timedelta(days=1)])
    assert EodRun.objects.filter(day=DAY + timedelta(days=1)).count() == 0
    with plugged(INTEREST):
        assert catch_up(at=NOON + timedelta(days=2)).closed == [DAY, DAY + timedelta(days=1)]


@pytest.mark.django_db
def test_a_planned_step_that_this_version_lacks_stops_the_day() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(broken={0}), REPORT):
        catch_up(at=MIDNIGHT)
    with plugged(INTEREST), pytest.raises(StepGone):
        catch_up(at=MIDNIGHT)
    assert BusinessDay.objects.get(day=DAY).state == "cut_off"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "shard", "least", "most"), [("tests.interest", 2, 1, 2), ("tests.report", 1, 5, 5)])
def test_a_runner_killed_in_the_middle_leaves_no_gap_and_no_duplicate(step: str, shard: int, least: int, most: int) -> None:
    """How many shards were committed before depends on how many share a transaction with the one it died in."""
    services.open_first_day(at=NOON)
    killed_at("in the middle", "-m", "tests.core.eod_process", MIDNIGHT.isoformat(), step, str(shard))
    states = [row[2] for row in shards()]
    done = states.count("done")
    assert least <= done <= most
    assert states[done] == "running"
    assert credited(DAY)[: min(done, 4)] == [100] * min(done, 4)
    with plugged(INTEREST, REPORT):
        outcome = catch_up(at=MIDNIGHT)
        assert (outcome.closed, outcome.rows) == ([DAY], 3 * (6 - done))
        assert catch_up(at=MIDNIGHT).rows == 0
    assert (credited(DAY), credited(DAY, name="tests.report", shards=2)) == ([100] * 4, [100] * 2)
    assert {row[2] for row in shards()} == {"done"}


@pytest.mark.django_db(transaction=True)
def test_four_workers_share_the_shards_of_a_step() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(shards=16)):
        outcome = catch_up(at=MIDNIGHT, workers=4)
    assert (outcome.closed, outcome.rows) == ([DAY], 48)
    assert credited(DAY, shards=16) == [100] * 16


@pytest.mark.django_db(transaction=True)
def test_three_runners_at_once_do_every_shard_once() -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(shards=12), REPORT):
        results = together(lambda _: catch_up(at=MIDNIGHT), 3)
        assert [result for result in results if not isinstance(result, Outcome)] == []
        catch_up(at=MIDNIGHT)
    assert credited(DAY, shards=12) == [100] * 12
    assert closed_days() == [DAY]


@pytest.mark.django_db
def test_the_database_refuses_an_impossible_shard() -> None:
    services.open_first_day(at=NOON)
    with plugged(INTEREST):
        catch_up(at=MIDNIGHT)
    for change, constraint in (
        ({"state": "running"}, "core_eodshard_moves"),
        ({"finished_at": None}, "core_eodshard_done"),
        ({"finished_at": NOON - timedelta(days=900)}, "core_eodshard_order"),
        ({"shard": 3}, "core_eodshard_once"),
    ):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            EodShard.objects.filter(shard=0).update(**change)
        assert refusal.value.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db
def test_the_progress_of_a_day_is_read_in_one_query(django_assert_num_queries: Any) -> None:
    services.open_first_day(at=NOON)
    with plugged(Interest(broken={3}), REPORT):
        catch_up(at=MIDNIGHT)
    with django_assert_num_queries(1):
        steps = queries.progress(DAY)
    assert [(step.step, step.shards, step.done, step.failed, step.rows) for step in steps] == [
        ("tests.interest", 4, 3, 1, 9),
        ("tests.report", 2, 0, 0, 0),
    ]


def run_command(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("end_of_day", *arguments, stdout=output)
    return output.getvalue().splitlines()


@pytest.mark.django_db
def test_the_command_opens_the_first_day_and_writes_plain_lines_when_nobody_watches(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    with plugged(INTEREST):
        assert run_command() == ["closed 0 days, touched 0 rows; open: 2026-11-22"]
        time_machine.move_to(start_of_day(DAY + timedelta(days=1)), tick=False)
        assert run_command() == [
            "2026-11-22 tests.interest: 4/4 shards, 12 rows",
            "2026-11-22 closed",
            "closed 1 days, touched 12 rows; open: 2026-11-23",
        ]
        assert run_command("--status") == ["open: 2026-11-23"]


@pytest.mark.django_db
def test_the_command_writes_json_for_machines_and_fails_when_a_shard_fails(time_machine: Any) -> None:
    services.open_first_day(at=NOON)
    time_machine.move_to(MIDNIGHT, tick=False)
    output = StringIO()
    with plugged(Interest(shards=2, broken={1})), pytest.raises(CommandError, match=r"2026-11-22 tests\.interest/1: KeyError"):
        call_command("end_of_day", "--json", stdout=output)
    last = json.loads(output.getvalue().splitlines()[-1])
    assert last == {"day": "2026-11-22", "step": "tests.interest", "shards": 2, "done": 1, "failed": 1, "rows": 3}
    assert run_command("--status") == [
        "open: 2026-11-23",
        "cut off: 2026-11-22",
        "  tests.interest: 1/2 done, 1 failed, 3 rows",
    ]
