"""Reconciling every channel's days that are over, in order, as far as the channels let us."""

from datetime import timedelta

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from payments.reconciliation import queries, services

EVERY_S = 600
DAYS_AT_ONCE = 5


@shared_task(name="payments.reconciliation.look")
def look(**_: object) -> int:
    """Hand every channel with a statement to a worker."""
    found = queries.channels_with_terms()
    for channel in found:
        reconcile_channel.apply_async(kwargs={"channel": channel}, expires=EVERY_S)
    return len(found)


@shared_task(name="payments.reconciliation.channel", **CALLS_OUT)
def reconcile_channel(*, channel: str, **_: object) -> int:
    """Go on with a channel's unclosed days, then with the days nobody looked at yet; at most DAYS_AT_ONCE of each."""
    at = clock.now()
    yesterday = clock.local_day(at) - timedelta(days=1)
    days = [run.day for run in queries.unclosed(channel)[:DAYS_AT_ONCE]]
    following = queries.next_day(channel)
    while following is not None and following <= yesterday and len(days) < 2 * DAYS_AT_ONCE:
        days.append(following)
        following += timedelta(days=1)
    for day in days:
        services.reconcile(channel=channel, day=day, at=at)
    return len(days)


every("payments.reconciliation.look", task="payments.reconciliation.look", seconds=EVERY_S)
