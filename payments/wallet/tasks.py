"""The wallet's sweepers: transfers nobody took, withdrawals held and not sent, top-ups that waited too long."""

from collections.abc import Callable

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.wallet import queries, sweeps

EVERY_S = 30
SWEEPS: dict[str, Callable[..., int]] = {
    "expire_transfers": sweeps.expire_transfers,
    "send_held": sweeps.send_held,
    "give_up_top_ups": sweeps.give_up_top_ups,
}


@shared_task(name="payments.wallet.sweep_shard")
def sweep_shard(*, sweep: str, shard: int, **_: object) -> int:
    """One bounded batch of one sweep on one shard."""
    return SWEEPS[sweep](shard=shard, at=clock.now())


@shared_task(name="payments.wallet.sweep")
def sweep(**_: object) -> int:
    """Hand every shard with something due to a worker."""
    due = queries.due_shards(clock.now(), held_for=sweeps.DISPATCH_AFTER)
    for name, shard in due:
        sweep_shard.apply_async(kwargs={"sweep": name, "shard": shard}, expires=EVERY_S)
    return len(due)


every("payments.wallet.sweep", task="payments.wallet.sweep", seconds=EVERY_S)
