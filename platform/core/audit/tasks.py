"""The sealing job."""

from celery import shared_task

from core.audit import services
from core.schedule import every


@shared_task(name="core.audit.seal")
def seal(**_: object) -> int:
    """Seal what waits (every minute)."""
    return services.seal()


every("core.audit.seal", task="core.audit.seal", seconds=60)
