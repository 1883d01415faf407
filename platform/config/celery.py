"""The Celery entry point: `celery -A config.celery worker`. Tasks are imported with their rooms; each floor has its queue."""

import os
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
QUEUES = ("core", "accounts", "payments", "wealth", "credit", "growth")


def route(name: str, *_: Any, **__: Any) -> dict[str, str]:
    """A task named `<floor>.<room>.<verb>` goes to its floor's queue, anything else to the kernel's."""
    floor = name.split(".", 1)[0]
    return {"queue": floor if floor in QUEUES else QUEUES[0]}


app = Celery("banyan")
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(task_queues=[Queue(name) for name in QUEUES], task_default_queue=QUEUES[0], task_routes=(route,))
app.steps["worker"].add(DjangoStructLogInitStep)


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Logging is set up by Django's settings; that somebody listens here keeps Celery from replacing it."""
