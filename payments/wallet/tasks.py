"""The wallet's sweepers: transfers nobody took, withdrawals held and not sent, refunds not placed, top-ups that waited too long."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import CALLS_OUT, every
from payments.wallet import queries, sweeps

EVERY_S = 30


@shared_task(name="payments.wallet.expire_transfers")
def expire_transfers(*, shard: int, **_: object) -> int:
    """Send back one bounded batch of a shard's transfers."""
    return sweeps.expire_transfers(shard=shard, at=clock.now())


@shared_task(name="payments.wallet.send_held", **CALLS_OUT)
def send_held(*, shard: int, **_: object) -> int:
    """Go on with one bounded batch of a shard's held withdrawals."""
    return sweeps.send_held(shard=shard, at=clock.now())


@shared_task(name="payments.wallet.give_up_top_ups", **CALLS_OUT)
def give_up_top_ups(*, shard: int, **_: object) -> int:
    """End one bounded batch of a shard's top-ups that waited too long."""
    return sweeps.give_up_top_ups(shard=shard, at=clock.now())


@shared_task(name="payments.wallet.place_refunds")
def place_refunds(*, shard: int, **_: object) -> int:
    """Place one bounded batch of a shard's refunds of late successes."""
    return sweeps.place_refunds(shard=shard, at=clock.now())


SWEEPS = {
    "expire_transfers": expire_transfers,
    "send_held": send_held,
    "place_refunds": place_refunds,
    "give_up_top_ups": give_up_top_ups,
}


@shared_task(name="payments.wallet.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now(), held_for=sweeps.DISPATCH_AFTER)
    for name, shard in due:
        SWEEPS[name].apply_async(kwargs={"shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.wallet.sweep", task="payments.wallet.sweep", seconds=EVERY_S)
