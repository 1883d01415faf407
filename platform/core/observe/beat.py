"""Whether the clock runs: beat writes down every three minutes when it last sent which periodic task."""

from datetime import datetime

from django.db.models import Max
from django_celery_beat.models import PeriodicTask

SILENT_SECONDS = 600
"""Longer than a clock that runs keeps from writing down what it sent."""


def silent_seconds(*, wall: datetime) -> float:
    """The seconds since a periodic task was last sent, by the wall clock; 0 for a clock that was never started: nobody misses it."""
    sent = PeriodicTask.objects.filter(enabled=True).aggregate(last=Max("last_run_at"))["last"]
    return 0.0 if sent is None else max((wall - sent).total_seconds(), 0.0)
