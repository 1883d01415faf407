"""The job that empties old exports."""

from celery import shared_task

from accounts.privacy import services
from core.clock import queries as clock
from core.schedule import every


@shared_task(name="accounts.privacy.expire_exports")
def expire_exports(**_: object) -> int:
    return services.expire_exports(at=clock.now())


every("accounts.privacy.expire_exports", task="accounts.privacy.expire_exports", seconds=3600)
