"""Telling a worker that a shard has fresh events, as soon as they are committed. Only a courtesy: the sweeper finds them anyway.

The broker is spoken to by one thread of its own in each process: with the broker gone a client library may try for
seconds, and no request waits for that. A message costs as much as a third of a small request, so the thread gathers for a
moment what several requests have to say and sends it at once: for longer when it has just sent, as under load it always has.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

RELAY_TASK = "core.outbox.relay"
GATHER_SECONDS = 0.05
BUSY_GATHER_SECONDS = 0.25
BUSY_FOR_SECONDS = 0.5
AT_ONCE = 16
PAUSE_SECONDS = 10.0
EXPIRES_SECONDS = 60
log = structlog.get_logger(__name__)


def send(shards: Iterable[int]) -> None:
    """Ask for a relay of `shards` now, AT_ONCE a message. Raises OperationalError, RedisError or OSError without a broker."""
    ordered = sorted(shards)
    for start in range(0, len(ordered), AT_ONCE):
        part = ordered[start : start + AT_ONCE]
        current_app.send_task(RELAY_TASK, kwargs={"shards": part}, retry=False, expires=EXPIRES_SECONDS)


class Messenger:
    """The thread that sends, started by the first message of a process (again in a forked child). Repeats are sent once.

    After a failure everything is dropped for PAUSE_SECONDS.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.process = 0
        self.waiting: SimpleQueue[int] = SimpleQueue()
        self.paused_until = float("-inf")
        self.silent = False

    def tell(self, shard: int) -> None:
        if self.silent:
            return
        if self.process != os.getpid():
            self.start()
        self.waiting.put(shard)

    def start(self) -> None:
        with self.lock:
            if self.process == os.getpid():
                return
            self.waiting = SimpleQueue()
            self.paused_until = float("-inf")
            Thread(target=self.run, name="outbox-nudge", daemon=True).start()
            self.process = os.getpid()

    def run(self) -> None:
        sent_at = float("-inf")
        while True:
            first = self.waiting.get()
            sleep(BUSY_GATHER_SECONDS if monotonic() - sent_at < BUSY_FOR_SECONDS else GATHER_SECONDS)
            self.send_all({first, *self.drained()})
            sent_at = monotonic()

    def drained(self) -> list[int]:
        shards = []
        while True:
            try:
                shards.append(self.waiting.get_nowait())
            except Empty:
                return shards

    def send_all(self, shards: set[int]) -> None:
        if monotonic() < self.paused_until:
            return
        try:
            send(shards)
        except (OperationalError, RedisError, OSError) as problem:
            self.paused_until = monotonic() + PAUSE_SECONDS
            log.warning("outbox_nudge_failed", shards=len(shards), problem=type(problem).__name__)


messenger = Messenger()


@contextmanager
def silence() -> Iterator[None]:
    """No nudges from this process meanwhile: for one that relays its events itself (`run_pending`)."""
    messenger.silent = True
    try:
        yield
    finally:
        messenger.silent = False


class Nudge:
    """The on-commit call for one shard; one object a shard, so that a waiting call is recognised."""

    def __init__(self, shard: int) -> None:
        self.shard = shard

    def __call__(self) -> None:
        messenger.tell(self.shard)


@lru_cache(maxsize=64)
def nudge_of(shard: int) -> Nudge:
    return Nudge(shard)


def after_commit(shard: int) -> None:
    """Nudge `shard` once after the current transaction commits, however many events it wrote.

    A call already waiting serves: had its savepoint been rolled back, it would be gone from the list.
    """
    nudge = nudge_of(shard)
    if not any(call is nudge for _, call, _ in transaction.get_connection().run_on_commit):
        transaction.on_commit(nudge, robust=True)
