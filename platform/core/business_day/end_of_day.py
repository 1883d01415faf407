"""The end-of-day runner: cut-off days are closed in order, each by its steps in order, each step by its shards.

A shard and its row are in one transaction, so a runner may be killed anywhere and started again: what is done stays done,
what was under way is rolled back and done again. Two runners at once divide the shards between them.

A runner takes more shards of a step into one transaction as long as that is quick: where there is little to do, the commits and the marks
would cost more than the work. Where one of several fails, all of them are rolled back and each is done alone.
"""

import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import structlog
from django.db import connection, transaction
from django.db.models.functions import Greatest

from core.attempts import Attempt
from core.business_day import queries, services
from core.business_day.models import BusinessDay, EodRun, EodShard
from core.business_day.sockets import STEPS, Sparse, Step
from core.clock import queries as clock
from core.errors import DomainError
from core.moves import WrongState

State = EodShard.State
Result = int | str | None
QUICK_SECONDS, GROWTH = 0.1, 4
RUNNING = """
UPDATE core_eodshard SET state = 'running', started_at = %(now)s, finished_at = NULL, tries = tries + 1
WHERE id IN (SELECT id FROM core_eodshard WHERE id = ANY (%(ids)s) AND state <> 'done' ORDER BY shard FOR UPDATE SKIP LOCKED)
"""
DONE = """
UPDATE core_eodshard part SET state = 'done', rows = did.rows, error = '', finished_at = greatest(part.started_at, %(now)s)
FROM unnest(%(ids)s::uuid[], %(rows)s::bigint[]) AS did (id, rows) WHERE part.id = did.id
"""
log = structlog.get_logger(__name__)


class StepGone(DomainError):
    code = "eod_step_gone"
    status = 500
    en = "The end of day of {day} was planned with the step {step}, which this version does not have. Run the version that has it."
    zh = "{day} 的日终计划包含步骤 {step},当前版本不存在该步骤,请使用包含该步骤的版本运行。"


@dataclass(frozen=True)
class Progress:
    """Where a run is: `done` of `shards` shards of a step, and the rows they touched. A whole day has an empty step."""

    day: date
    step: str
    shards: int
    done: int
    failed: int
    rows: int


Report = Callable[[Progress], None]


@dataclass
class Outcome:
    """What a run did: days it closed, rows its own shards touched, shards that failed and shards another runner holds."""

    closed: list[date] = field(default_factory=list)
    rows: int = 0
    failed: list[str] = field(default_factory=list)
    busy: int = 0


def silent(progress: Progress) -> None:
    """A report nobody reads."""


def catch_up(*, at: datetime, report: Report = silent, workers: int = 1) -> Outcome:
    """Cut off every business day that is over at `at` and close each by its end of day, oldest first.

    Opens the day of `at` when there is none yet. A day whose steps fail stays cut off, and later days wait for it, but
    business goes on: the following days are still opened and cut off in time. Nothing is lost by a crash; call again.
    A runner beside this one may cut a day off first: both refusals then mean that it is done.
    """
    services.open_first_day(at=at)
    outcome = Outcome()
    close_waiting(outcome, at=at, report=report, workers=workers)
    while queries.current() < clock.local_day(at):
        with suppress(WrongState, services.DayNotOver):
            services.cut_off(at=at)
        if not outcome.failed and not outcome.busy:
            close_waiting(outcome, at=at, report=report, workers=workers)
    return outcome


def close_waiting(outcome: Outcome, *, at: datetime, report: Report, workers: int) -> None:
    """Run and close the cut-off days in order, up to the first that cannot be closed yet."""
    for day in queries.awaiting_close():
        run_day(day, outcome, at=at, report=report, workers=workers)
        if outcome.failed or outcome.busy:
            return
        services.close(day=day, at=at)
        outcome.closed.append(day)
        report(Progress(day, "", 0, 0, 0, outcome.rows))


def run_day(day: date, outcome: Outcome, *, at: datetime, report: Report, workers: int) -> None:
    """Run the steps of `day` up to the first one that is not done to the end. Raises StepGone."""
    steps = plan(day=day, at=at)
    for run in EodRun.objects.filter(day=day).order_by("place", "step"):
        if run.step not in steps:
            raise StepGone(day=day.isoformat(), step=run.step)
        run_step(run, steps[run.step], outcome, at=at, report=report, workers=workers)
        if outcome.failed or outcome.busy:
            return


@transaction.atomic
def plan(*, day: date, at: datetime) -> dict[str, Step]:
    """Write the rows of every plugged step that `day` does not have yet; the steps by name."""
    row = BusinessDay.objects.select_for_update().get(day=day)
    steps = {step.name: step for step in STEPS}
    planned = set(EodRun.objects.filter(day=row).values_list("step", flat=True))
    fresh = [step for name, step in steps.items() if name not in planned] if row.state == BusinessDay.State.CUT_OFF else []
    runs = EodRun.objects.bulk_create(
        EodRun(day=row, step=step.name, place=step.order, shards=step.shards, planned_at=at) for step in fresh
    )
    EodShard.objects.bulk_create(EodShard(run=run, shard=shard) for run in runs for shard in range(run.shards))
    return steps


class Part(NamedTuple):
    """The row of a shard, and its number."""

    id: uuid.UUID
    shard: int


def run_step(run: EodRun, step: Step, outcome: Outcome, *, at: datetime, report: Report, workers: int) -> None:
    """Run every shard of one step that is not done, all of them even when some fail."""
    waiting = list(EodShard.objects.filter(run=run).exclude(state=State.DONE).order_by("shard").values_list("id", "shard"))
    tell = Teller(run, at_start=run.shards - len(waiting), report=report, outcome=outcome)
    if workers == 1 or len(waiting) < 2:
        run_in_line([Part(*row) for row in waiting], step, run.day_id, tell, at=at)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        jobs = [(shard, pool.submit(in_thread, Part(part_id, shard), step, run.day_id, at)) for part_id, shard in waiting]
        for shard, job in jobs:
            tell(shard, job.result())


def run_in_line(waiting: Sequence[Part], step: Step, day: date, tell: "Teller", *, at: datetime) -> None:
    """One group after another. The first is what has nothing to do, where the step knows; then one shard, and each group is GROWTH times
    the one before it while they are quick."""
    size, busy = 1, {part.shard for part in waiting}
    with Attempt("end_of_day.busy", day=day.isoformat(), step=step.name):
        busy &= set(busy_of(step, waiting, day, at))
    idle, waiting = [part for part in waiting if part.shard not in busy], [part for part in waiting if part.shard in busy]
    while idle or waiting:
        group, waiting = (idle, waiting) if idle else (waiting[:size], waiting[size:])
        begun, idle = time.monotonic(), []
        for part, result in zip(group, run_group(group, step, day, at=at), strict=True):
            tell(part.shard, result)
        size = size * GROWTH if time.monotonic() - begun < QUICK_SECONDS else 1


def busy_of(step: Step, parts: Sequence[Part], day: date, at: datetime) -> Collection[int]:
    """All of the shards where the step does not say which."""
    shards = [part.shard for part in parts]
    return step.busy(day=day, shards=shards, at=at) if isinstance(step, Sparse) and len(shards) > 1 else shards


class Teller:
    """Keeps count of one step and reports after each shard."""

    def __init__(self, run: EodRun, *, at_start: int, report: Report, outcome: Outcome) -> None:
        self.run, self.report, self.outcome = run, report, outcome
        self.done, self.failed, self.rows = at_start, 0, 0
        self.say()

    def __call__(self, shard: int, result: Result) -> None:
        """`result`: rows touched, the reason of a failure, or None when another runner holds the shard."""
        if result is None:
            self.outcome.busy += 1
        elif isinstance(result, str):
            self.failed += 1
            self.outcome.failed.append(f"{self.run.day_id} {self.run.step}/{shard}: {result}")
        else:
            self.done += 1
            self.rows += result
            self.outcome.rows += result
        self.say()

    def say(self) -> None:
        self.report(Progress(self.run.day_id, self.run.step, self.run.shards, self.done, self.failed, self.rows))


def in_thread(part: Part, step: Step, day: date, at: datetime) -> Result:
    try:
        return run_group([part], step, day, at=at)[0]
    finally:
        connection.close()


def run_group(group: Sequence[Part], step: Step, day: date, *, at: datetime) -> list[Result]:
    """Do some shards: of each the rows it touched (0 when another runner has done it), the reason it failed, None when held elsewhere."""
    with Attempt("end_of_day.mark", day=day.isoformat(), step=step.name) as attempt:
        mark_running(group)
    if attempt.failure is not None:
        return [attempt.reason] * len(group)
    if len(group) > 1:
        with Attempt("end_of_day.group", day=day.isoformat(), step=step.name, shards=[part.shard for part in group]):
            return do(group, step, day, at=at)
    return [run_alone(part, step, day, at=at) for part in group]


def run_alone(part: Part, step: Step, day: date, *, at: datetime) -> Result:
    with Attempt("end_of_day.shard", day=day.isoformat(), step=step.name, shard=part.shard) as attempt:
        return do([part], step, day, at=at)[0]
    EodShard.objects.filter(pk=part.id, state=State.RUNNING).update(
        state=State.FAILED, error=attempt.reason, finished_at=Greatest("started_at", clock.now())
    )
    return attempt.reason


@transaction.atomic
def do(group: Sequence[Part], step: Step, day: date, *, at: datetime) -> list[Result]:
    """Those of a group that nobody holds and that are marked, with their rows."""
    free = EodShard.objects.select_for_update(skip_locked=True).filter(pk__in=[part.id for part in group])
    states = dict(free.order_by("shard").values_list("id", "state"))
    results: list[Result] = [0 if states.get(part.id) == State.DONE else None for part in group]
    mine = [part for part in group if states.get(part.id) == State.RUNNING]
    touched = dict.fromkeys((part.id for part in mine), 0)
    busy = busy_of(step, mine, day, at)
    for part in mine:
        if part.shard in busy:
            touched[part.id] = step.run(day=day, shard=part.shard, at=at)
    results = [touched.get(part.id, result) for part, result in zip(group, results, strict=True)]
    if touched:
        with connection.cursor() as cursor:
            cursor.execute(DONE, {"ids": list(touched), "rows": list(touched.values()), "now": clock.now()})
    return results


def mark_running(group: Sequence[Part]) -> None:
    """Show that shards are being worked on: those that are not done, and that no other runner holds."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, {"ids": [part.id for part in group], "now": clock.now()})
