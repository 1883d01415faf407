"""The cashier's sweepers: orders whose time is over, closings nobody ended, refunds of late successes not placed."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from payments.cashier import queries, sweeps

EVERY_S = 30


@shared_task(name="payments.cashier.expire_orders", **CALLS_OUT)
def expire_orders(*, shard: int, **_: object) -> int:
    """Close one bounded batch of a shard's orders."""
    return sweeps.expire_orders(shard=shard, at=clock.now())


@shared_task(name="payments.cashier.close_orders", **CALLS_OUT)
def close_orders(*, shard: int, **_: object) -> int:
    """Go on with one bounded batch of a shard's closings."""
    return sweeps.close_orders(shard=shard, at=clock.now())


@shared_task(name="payments.cashier.place_refunds")
def place_refunds(*, shard: int, **_: object) -> int:
    """Place one bounded batch of a shard's refunds of late successes."""
    return sweeps.place_refunds(shard=shard, at=clock.now())


SWEEPS = {"expire_orders": expire_orders, "close_orders": close_orders, "place_refunds": place_refunds}


@shared_task(name="payments.cashier.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now(), waited=sweeps.AFTER)
    for name, shard in due:
        SWEEPS[name].apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.cashier.sweep", task="payments.cashier.sweep", seconds=EVERY_S)
