"""The job that forgets codes, refresh tokens and sandbox messages past their time."""

from celery import shared_task

from accounts.identity import codes, services
from core.clock import queries as clock
from core.schedule import every


@shared_task(name="accounts.identity.forget_old")
def forget_old(**_: object) -> int:
    """One batch of each. Returns how many rows went."""
    at = clock.now()
    return codes.forget_old(at=at) + services.forget_old(at=at)


every("accounts.identity.forget_old", task="accounts.identity.forget_old", seconds=600)
