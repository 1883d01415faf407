"""Real workers as `make run` starts them, and a bank that hangs: it holds the outbound worker alone, and that stops clean."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from celery import Celery
from django.db import transaction

from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from core.outbox.services import publish
from payments.channels import services
from payments.channels.models import ChannelRequest
from tests import processes
from tests.payments.wallet.bank_world import card_holder, start_top_up
from tests.sandbox_bank import SandboxBank
from tools.run import STOP_S, celery_commands

HANGS_MS = 6_000
BROKER = processes.redis_url(8)


@pytest.fixture
def workers(connected: SandboxBank) -> Iterator[dict[str, "subprocess.Popen[str]"]]:
    place = {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": BROKER, "SANDBOX_BANK_URL": connected.base_url}
    started = {name: processes.start(*celery_commands()[name], **place) for name in ("worker", "outbound")}
    yield started
    for process in started.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def states() -> list[str]:
    return sorted(ChannelRequest.objects.filter(operation="pay").values_list("state", flat=True))


def news_arrives(broker: Celery, complaint: str) -> None:
    """The core worker relays an event."""
    with transaction.atomic():
        event = publish(topic="tests.news", owner=new_id(), payload={}, at=clock.now())
    broker.send_task("core.outbox.sweep", queue="core")
    processes.wait_until(lambda: OutboxEvent.objects.get(pk=event.pk).state == "done", complaint)


def test_a_hanging_bank_holds_the_outbound_worker_alone_which_ends_its_calls_before_it_stops(
    workers: dict[str, "subprocess.Popen[str]"], connected: SandboxBank
) -> None:
    broker = Celery(broker=BROKER)
    news_arrives(broker, "the core worker never came up")
    orders = [start_top_up(card_holder(connected), 10_000) for _ in range(6)]
    OutboxEvent.objects.all().delete()
    connected.fault("delay", operations=["payment"], params={"ms": HANGS_MS}, times=100)
    for order in orders:
        services.leave_to_worker(request_id=order.request_id, at=clock.now())
        broker.send_task("payments.channels.resolve_shard", kwargs={"shard": order.shard}, queue="outbound")
    processes.wait_until(lambda: states().count("sent") == 2, "two calls never left")
    news_arrives(broker, "the relay waited for the bank")
    assert states() == ["new"] * 4 + ["sent"] * 2
    os.killpg(workers["outbound"].pid, signal.SIGTERM)
    output, _ = workers["outbound"].communicate(timeout=STOP_S)
    assert (workers["outbound"].returncode, "Traceback" in output, "WorkerLost" in output) == (0, False, False), output
    assert states() == ["new"] * 4 + ["success"] * 2
