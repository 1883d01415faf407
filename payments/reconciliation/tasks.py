"""Reconciling every channel's days that are over, in order, as far as the channels let us."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from time import monotonic

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, SWEEP_S, every
from core.stopping import STOPPING
from payments.reconciliation import queries, services

EVERY_S = 600


@shared_task(name="payments.reconciliation.look")
def look(**_: object) -> int:
    """Hand every channel with a statement to a worker."""
    found = queries.channels_with_terms()
    for channel in found:
        reconcile_channel.apply_async(kwargs={"channel": channel}, expires=EVERY_S)
    return len(found)


@shared_task(name="payments.reconciliation.channel", **CALLS_OUT)
def reconcile_channel(*, channel: str, **_: object) -> int:
    """Take the days nobody looked at yet, oldest first, then go on with those that are not closed, for as long as a sweep may take.
    Returns how many days were looked at."""
    at, until = clock.now(), monotonic() + SWEEP_S
    seen = 0
    for day in chain(fresh_days(channel, at), [run.day for run in queries.unclosed(channel)]):
        if monotonic() >= until or STOPPING.is_set():
            break
        services.reconcile(channel=channel, day=day, at=at)
        seen += 1
    return seen


def fresh_days(channel: str, at: datetime) -> Iterator[date]:
    """The days over at `at` that have no run, in order."""
    following = queries.next_day(channel)
    while following is not None and following < clock.local_day(at):
        yield following
        following += timedelta(days=1)


every("payments.reconciliation.look", task="payments.reconciliation.look", seconds=EVERY_S)
