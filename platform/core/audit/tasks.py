"""Sealing the audit log, and verifying it."""

from celery import shared_task

from core.audit import services, verifying
from core.clock import queries as clock
from core.schedule import every


@shared_task(name="core.audit.seal")
def seal(**_: object) -> int:
    """Seal what waits (every minute)."""
    return services.seal()


@shared_task(name="core.audit.verify")
def verify(**_: object) -> str:
    """Verify what was sealed since yesterday, once a week everything; says what is broken."""
    broken = verifying.verify_new(at=clock.now())
    return "" if broken is None else f"{broken.row} {broken.why}"


every("core.audit.seal", task="core.audit.seal", seconds=60)
every("core.audit.verify", task="core.audit.verify", crontab="10 4 * * *")
