"""The job that forgets step-up proofs and passkey challenges past their time."""

from celery import shared_task

from accounts.security import services
from core.clock import queries as clock
from core.schedule import every


@shared_task(name="accounts.security.forget_old")
def forget_old(**_: object) -> int:
    """One batch of each. Returns how many rows went."""
    return services.forget_old(at=clock.now())


every("accounts.security.forget_old", task="accounts.security.forget_old", seconds=600)
