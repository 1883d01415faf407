"""`manage.py sync_schedules`: write the periodic tasks the rooms registered where celery beat reads them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from core.clock.queries import SHANGHAI
from core.schedule import FIELDS, SCHEDULE, Periodic

OURS = "Registered by the code; edit `enabled` only, the rest is written again at every start."
SHORTEST_LIFE = 30  # seconds; ticks of an interval die before they pile up while no worker runs, the next tick does their work


class Command(BaseCommand):
    help = "Create, update and remove celery beat's rows so that they are what the code registers. An operator's `enabled` stays."

    @transaction.atomic
    def handle(self, *_: Any, **__: Any) -> None:
        changed = [entry.name for entry in SCHEDULE.values() if write(entry)]
        gone = PeriodicTask.objects.filter(description=OURS).exclude(name__in=SCHEDULE)
        removed = [task.name for task in gone]
        gone.delete()
        if changed or removed:
            PeriodicTasks.update_changed()
        self.stdout.write(f"{len(SCHEDULE)} schedules: {len(changed)} written, {len(removed)} removed")


def write(entry: Periodic) -> bool:
    """Bring one row up to date; whether it had to change."""
    wanted: dict[str, Any] = {"task": entry.task, "description": OURS, "interval": None, "crontab": None, "expire_seconds": None}
    if entry.seconds is not None:
        wanted["expire_seconds"] = max(entry.seconds, SHORTEST_LIFE)
        wanted["interval"] = IntervalSchedule.objects.get_or_create(every=entry.seconds, period=IntervalSchedule.SECONDS)[0]
    else:
        fields = dict(zip(FIELDS, str(entry.crontab).split(), strict=True))
        wanted["crontab"] = CrontabSchedule.objects.get_or_create(**fields, timezone=str(SHANGHAI))[0]
    row = PeriodicTask.objects.filter(name=entry.name).first()
    if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
        return False
    PeriodicTask.objects.update_or_create(name=entry.name, defaults=wanted)
    return True
