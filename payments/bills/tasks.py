"""The sweeper of paid bills, and the month's reminders."""

from celery import shared_task

from core.clock import queries as clock
from core.ids import SHARDS
from core.schedule import CALLS_OUT, every
from payments.bills import queries, services, sweeps

EVERY_S = 5


@shared_task(name="payments.bills.go_on", **CALLS_OUT)
def go_on(*, shard: int, **_: object) -> int:
    """Tell and ask the billers of one shard's paid bills."""
    return sweeps.go_on(shard=shard, at=clock.now())


@shared_task(name="payments.bills.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now())
    for shard in due:
        go_on.apply_async(kwargs={"shard": shard}, expires=EVERY_S * 6)
    return len(due)


@shared_task(name="payments.bills.remind")
def remind(**_: object) -> int:
    """Remind who wants to be, once a month; returns how many accounts."""
    at = clock.now()
    month, reminded = clock.local_day(at).replace(day=1), 0
    for shard in range(SHARDS):
        while batch := services.remind(shard=shard, month=month, at=at):
            reminded += batch
    return reminded


every("payments.bills.sweep", task="payments.bills.sweep", seconds=EVERY_S)
every("payments.bills.remind", task="payments.bills.remind", crontab="0 9 * * *")
