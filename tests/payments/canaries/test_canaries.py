"""What must never leave the encrypted columns is sent in through the API and the desk, then looked for everywhere else."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from celery import current_app, signals
from django.test import Client
from django_structlog.celery.receivers import CeleryReceiver

from accounts.identity.sockets import SMS
from accounts.verification.sockets import VERIFIERS
from core.clock import queries as clock
from core.observe import logs
from core.outbox.models import OutboxEvent
from tests.factories import RecordingSms, RecordingVerifier, plugged
from tests.payments.canaries import places
from tests.payments.canaries.operating import Desk
from tests.payments.canaries.planting import Canaries, Life
from tests.payments.settle import settle
from tests.sandbox_bank import SandboxBank

ALLOWED = {
    ("archive", "phone"): "the customer's own copy, for the session that asked for it",
    ("archive", "name"): "the customer's own copy",
    ("reveal customer", "phone"): "what the reveal is for: shown once, with a reason, on record",
    ("reveal realname", "name"): "what the reveal is for",
    ("reveal realname", "identity"): "what the reveal is for",
}


@pytest.fixture(autouse=True)
def outside() -> Iterator[RecordingSms]:
    with plugged(SMS, RecordingSms()) as sms, plugged(VERIFIERS, RecordingVerifier()):
        yield sms


def known_loggers() -> list[Any]:
    """Every module's logger, which keeps the level it was first used at."""
    kind = type(structlog.get_logger())
    return [found for module in list(sys.modules.values()) for found in list(vars(module).values()) if type(found) is kind]


@contextmanager
def level_info() -> Iterator[None]:
    """Log as in production; the tests' own level is higher."""
    root, before = logging.getLogger(), structlog.get_config()
    level = root.level
    root.setLevel(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    for logger in known_loggers():
        vars(logger).pop("bind", None)
    yield
    structlog.configure(**before)
    root.setLevel(level)
    for logger in known_loggers():
        vars(logger).pop("bind", None)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line as production writes it, of requests and, as a worker does, of tasks."""
    lines, root, receiver = io.StringIO(), logging.getLogger(), CeleryReceiver()
    handler, held = logging.StreamHandler(lines), root.handlers
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=logs.shared(), processors=logs.rendering(as_json=True)))
    hearing = {
        signals.task_prerun: receiver.receiver_task_prerun,
        signals.task_success: receiver.receiver_task_success,
        signals.task_failure: receiver.receiver_task_failure,
    }
    for signal, hears in hearing.items():
        signal.connect(hears)
    root.handlers = [handler]
    with level_info():
        yield lines
    root.handlers = held
    for signal, hears in hearing.items():
        signal.disconnect(hears)


def somebody(bank: SandboxBank) -> dict[str, object]:
    """A person of the bank with a name that no text holds by chance."""
    return next(person for person in bank.people(20, debit_cards=1, credit_cards=0, balance_fen=100_000_00) if len(person["name"]) == 3)


def performed(before: dict[str, int]) -> int:
    """Perform what lies in the broker since, as a worker does; how many tasks."""
    waiting = places.messages_since(before)
    for name, arguments in waiting:
        current_app.tasks[name].apply(kwargs=arguments)
    return len(waiting)


def looked_for(canaries: Canaries, where: dict[str, str], before: dict[str, str]) -> list[tuple[str, str]]:
    """Place and kind of each canary found that was not there before it was planted."""
    found = set()
    for kind, value in canaries:
        for place, text in where.items():
            if places.holds(text, value) and not places.holds(before.get(place, ""), value):
                found.add((place, kind))
    return sorted(found)


def test_no_canary_is_found_outside_the_columns_and_pages_that_are_for_it(
    connected: SandboxBank, outside: RecordingSms, log: io.StringIO
) -> None:
    before, queued = places.tables(), places.queue_lengths()
    canaries = Life(connected, outside, somebody(connected)).live()
    office = Desk(canaries)
    office.work()
    for name in ("core.outbox.sweep", "payments.channels.sweep", "accounts.ledger.seal"):
        if name in current_app.tasks:
            current_app.tasks[name].apply()
    assert performed(queued) > 0
    settle(clock.now())
    assert OutboxEvent.objects.filter(topic="export.ready").exists()
    assert [word in log.getvalue() for word in ("request_finished", "task_succeeded")] == [True, True], "the log was looked at"
    where = places.tables() | {"sessions": places.sessions(), "broker": places.broker(), "log": log.getvalue(), "archive": canaries.archive}
    where |= {"metrics": Client().get("/metrics").content.decode()}
    where |= {f"error {place}": body for place, body in enumerate(canaries.errors)}
    where |= {f"page {name}": body for name, body in office.pages.items()} | {f"file {name}": body for name, body in office.files.items()}
    where |= {f"reveal {name}": body for name, body in office.reveals.items()}
    assert [one for one in looked_for(canaries, where, before) if one not in ALLOWED] == []
