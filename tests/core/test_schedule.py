"""Periodic tasks and workers: what rooms register is what beat sends and workers know."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import transaction
from django_celery_beat.models import PeriodicTask

from config.celery import QUEUES, route
from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from core.outbox.services import publish
from core.schedule import SCHEDULE, every
from tests.processes import redis_url, start, wait_until
from tests.together import together
from tools.run import celery_commands


def sync() -> str:
    output = StringIO()
    call_command("sync_schedules", stdout=output)
    return output.getvalue().strip()


@contextmanager
def scheduled(name: str, **when: object) -> Iterator[None]:
    every(name, task="core.outbox.sweep", **when)  # type: ignore[arg-type]
    try:
        yield
    finally:
        del SCHEDULE[name]


def test_every_scheduled_task_is_one_that_workers_know_by_its_floor() -> None:
    unknown = {entry.task for entry in SCHEDULE.values()} - set(current_app.tasks)
    assert unknown == set()
    assert {entry.task.split(".")[0] for entry in SCHEDULE.values()} <= set(QUEUES)


def test_a_task_goes_to_the_queue_of_its_floor() -> None:
    assert route("payments.channels.resolve_due") == {"queue": "payments"}
    assert route("celery.backend_cleanup") == {"queue": "core"}


def test_a_task_that_asks_an_outside_party_goes_to_the_outbound_queue_and_has_a_time_limit() -> None:
    outbound = {name for name in current_app.tasks if route(name) == {"queue": "outbound"}}
    assert outbound == {
        "accounts.verification.ask_due",
        "payments.agreements.debit",
        "payments.bills.go_on",
        "payments.cashier.close_orders",
        "payments.cashier.expire_orders",
        "payments.channels.look_in_shard",
        "payments.channels.resolve_shard",
        "payments.notices.deliver",
        "payments.reconciliation.channel",
        "payments.settlement.pay_due",
        "payments.wallet.give_up_top_ups",
        "payments.wallet.send_held",
        "wealth.issuers.fetch_files",
        "wealth.issuers.fetch_quotes",
        "wealth.issuers.resolve_shard",
        "wealth.orders.go_on",
    }
    assert {current_app.tasks[name].time_limit for name in outbound} == {240}


def test_the_workers_together_take_every_queue() -> None:
    commands = celery_commands()
    queues = {name: command[command.index("--queues") + 1].split(",") for name, command in commands.items() if "worker" in command}
    assert queues == {"worker": list(QUEUES), "outbound": ["outbound"]}
    assert {command[command.index("--prefetch-multiplier") + 1] for name, command in commands.items() if name in queues} == {"1"}


def test_any_thread_reaches_our_broker_and_no_default_one() -> None:
    assert together(lambda _: current_app.main, 3) == ["banyan"] * 3


@pytest.mark.parametrize(
    "when", [{}, {"seconds": 0}, {"seconds": 5, "crontab": "* * * * *"}, {"crontab": "* * *"}], ids=["none", "zero", "both", "short"]
)
def test_a_schedule_needs_exactly_one_sensible_time(when: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"tests\.when"):
        every("tests.when", task="core.outbox.sweep", **when)  # type: ignore[arg-type]
    assert "tests.when" not in SCHEDULE


def test_a_schedules_name_is_taken_once() -> None:
    with scheduled("tests.when", seconds=5), pytest.raises(ValueError, match="already"):
        every("tests.when", task="core.outbox.sweep", seconds=6)


@pytest.mark.django_db
def test_schedules_are_written_once_changed_when_the_code_changes_and_removed_when_it_drops_them() -> None:
    count = len(SCHEDULE)
    assert sync() == f"{count} schedules: {count} written, 0 removed"
    assert sync() == f"{count} schedules: 0 written, 0 removed"
    midnight = PeriodicTask.objects.get(name="core.business_day.midnight")
    assert (str(midnight.crontab.timezone), midnight.crontab.hour, midnight.crontab.minute) == ("Asia/Shanghai", "0", "0")
    with scheduled("tests.when", seconds=5):
        assert sync() == f"{count + 1} schedules: 1 written, 0 removed"
    with scheduled("tests.when", crontab="5 4 * * *"):
        assert sync() == f"{count + 1} schedules: 1 written, 0 removed"
        assert PeriodicTask.objects.get(name="tests.when").interval is None
    assert sync() == f"{count} schedules: 0 written, 1 removed"
    assert not PeriodicTask.objects.filter(name="tests.when").exists()


@pytest.mark.django_db
def test_ticks_of_an_interval_expire_and_those_of_a_crontab_wait_for_a_worker() -> None:
    with scheduled("tests.short", seconds=2), scheduled("tests.long", seconds=90), scheduled("tests.daily", crontab="5 4 * * *"):
        sync()
    lives = dict(PeriodicTask.objects.filter(name__startswith="tests.").values_list("name", "expire_seconds"))
    assert lives == {"tests.short": 30, "tests.long": 90, "tests.daily": None}


@pytest.mark.django_db
def test_a_task_an_operator_switched_off_stays_off_and_rows_of_others_stay() -> None:
    sync()
    PeriodicTask.objects.filter(name="core.outbox.prune").update(enabled=False)
    PeriodicTask.objects.create(name="by hand", task="x", interval=PeriodicTask.objects.get(name="core.outbox.sweep").interval)
    sync()
    assert not PeriodicTask.objects.get(name="core.outbox.prune").enabled
    assert PeriodicTask.objects.filter(name="by hand").exists()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_and_beat_deliver_what_was_published_while_they_were_away() -> None:
    """No nudge reaches this worker (it has a broker database of its own): beat's sweeper must find the events."""
    sync()
    with transaction.atomic():
        events = [publish(topic="tests.away", owner=new_id(), payload={}, at=clock.now() - timedelta(seconds=1)) for _ in range(3)]
    celery = ("-m", "celery", "-A", "config.celery")
    process = start(*celery, "worker", "-B", "-P", "solo", "-l", "WARNING", "-s", os.devnull, REDIS_URL=redis_url(9))
    try:
        wait_until(lambda: not OutboxEvent.objects.filter(state="pending").exists(), "no worker delivered the events")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    states = set(OutboxEvent.objects.filter(id__in=[event.id for event in events]).values_list("state", flat=True))
    assert states == {"done"}, output
