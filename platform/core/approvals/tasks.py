"""The expiry job."""

from celery import shared_task

from core.approvals import services
from core.clock import queries as clock
from core.schedule import every


@shared_task(name="core.approvals.expire")
def expire(**_: object) -> int:
    """Close proposals past their time, one batch."""
    return services.expire(at=clock.now())


every("core.approvals.expire", task="core.approvals.expire", seconds=300)
