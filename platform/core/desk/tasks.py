"""Forgetting sessions of staff that are over."""

from celery import shared_task
from django.contrib.sessions.models import Session

from core.clock import queries as clock
from core.schedule import every

BATCH = 5000


def forget_sessions(*, batch: int = BATCH) -> int:
    """Delete one batch of sessions that expired by the wall clock, which Django dates them by. Returns how many."""
    over = Session.objects.filter(expire_date__lt=clock.wall()).order_by("expire_date").values("pk")[:batch]
    return Session.objects.filter(pk__in=over).delete()[0]


@shared_task(name="core.desk.forget_sessions")
def forget_all_sessions(**_: object) -> int:
    deleted = 0
    while batch := forget_sessions():
        deleted += batch
    return deleted


every("core.desk.forget_sessions", task="core.desk.forget_sessions", crontab="55 4 * * *")
