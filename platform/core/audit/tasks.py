"""The sealing job."""

from celery import shared_task

from core.audit import services


@shared_task(name="core.audit.seal")
def seal(**_: object) -> int:
    """Seal what waits (every minute)."""
    return services.seal()
