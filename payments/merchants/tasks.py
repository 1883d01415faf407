"""Nonces past their time, and keys whose time comes or is over."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from payments.merchants.services import keys, nonces


@shared_task(name="payments.merchants.forget_nonces")
def forget_nonces(**_: object) -> int:
    """Batch by batch. Returns how many rows went."""
    wall, deleted = clock.wall(), 0
    while batch := nonces.forget_old(wall=wall):
        deleted += batch
    return deleted


@shared_task(name="payments.merchants.end_keys")
def end_keys(**_: object) -> int:
    """Tell owners of keys whose time comes, and retire those whose time is over. Returns how many rows changed."""
    at = clock.now()
    return keys.warn(at=at) + keys.expire(at=at)


every("payments.merchants.forget_nonces", task="payments.merchants.forget_nonces", seconds=60)
every("payments.merchants.end_keys", task="payments.merchants.end_keys", seconds=3600)
