"""The Celery entry point: `celery -A config.celery worker`. Tasks are imported with their rooms; each floor has its queue, and so
have the tasks that ask outside parties (docs/processes.md)."""

import os
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from config.broker import free_slots
from core.stopping import listen

free_slots()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
OUTBOUND = "outbound"
QUEUES = ("core", "accounts", "payments", "wealth", "credit", "growth")


def route(name: str, *_: Any, **__: Any) -> dict[str, str]:
    """A task that calls out goes to the outbound queue, one named `<floor>.<room>.<verb>` to its floor's, anything else to the
    kernel's."""
    if getattr(app.tasks.get(name), "calls_out", False):
        return {"queue": OUTBOUND}
    floor = name.split(".", 1)[0]
    return {"queue": floor if floor in QUEUES else QUEUES[0]}


app = Celery("banyan")
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(task_queues=[Queue(name) for name in (*QUEUES, OUTBOUND)], task_default_queue=QUEUES[0], task_routes=(route,))
app.steps["worker"].add(DjangoStructLogInitStep)


@signals.worker_process_init.connect
def end_sweeps_early(**_: Any) -> None:
    """A process of a worker's pool hears that it is to stop; not before its first task, since the pool sets its own handlers after this."""
    signals.task_prerun.connect(hear, weak=False)


def hear(**_: Any) -> None:
    listen()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Logging is set up by Django's settings; that somebody listens here keeps Celery from replacing it."""
