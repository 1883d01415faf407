"""Reconciling every channel's days that are over, in order, as far as the channels let us."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from time import monotonic

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, SWEEP_S, every
from core.stopping import STOPPING
from payments.reconciliation import queries, sent_on, services
from payments.reconciliation.models import ReconRun
from payments.reconciliation.states import RunState

EVERY_S = 600


@shared_task(name="payments.reconciliation.look")
def look(**_: object) -> int:
    """Hand every channel with a statement to a worker, and ask people about money between our accounts that does not arrive."""
    sent_on.miss(at=clock.now())
    found = queries.channels_with_terms()
    for channel in found:
        reconcile_channel.apply_async(kwargs={"channel": channel}, expires=EVERY_S)
    return len(found)


@shared_task(name="payments.reconciliation.channel", **CALLS_OUT)
def reconcile_channel(*, channel: str, **_: object) -> int:
    """Take the days nobody looked at yet, oldest first, then go on with those that are not closed, for as long as a sweep may take.
    Returns how many days were looked at."""
    at, until = clock.now(), monotonic() + SWEEP_S
    seen, before = 0, queries.unclosed(channel)
    for day in fresh_days(channel, at):
        if monotonic() >= until or STOPPING.is_set():
            break
        services.reconcile(channel=channel, day=day, at=at)
        seen += 1
    for run in before:
        if monotonic() >= until or STOPPING.is_set():
            break
        seen += look_at(run, at)
    return seen


def look_at(run: ReconRun, at: datetime) -> int:
    """One day that is not closed: ask the channel when that is due, else go on with what is here. Returns how many were looked at."""
    if run.due_at is None or run.due_at <= at:
        services.reconcile(channel=run.channel_id, day=run.day, at=at)
    elif run.state == RunState.MATCHED:
        services.go_on(run_id=run.id, at=at)
    else:
        return 0
    return 1


def fresh_days(channel: str, at: datetime) -> Iterator[date]:
    """The days over at `at` that have no run, in order."""
    following = queries.next_day(channel)
    while following is not None and following < clock.local_day(at):
        yield following
        following += timedelta(days=1)


every("payments.reconciliation.look", task="payments.reconciliation.look", seconds=EVERY_S)
