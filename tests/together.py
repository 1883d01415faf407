"""Running the same thing in many threads at once, each with its own database connection, or one after another at its lock."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Semaphore
from typing import Any

from django.db import OperationalError, connection, transaction

from core.errors import DomainError

PATIENCE_SECONDS = 120  # only guards against waiting for ever
DOORS = 8  # so many connect at once: a busy machine opens a hundred connections one after another, and the last would wait too long
WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND cardinality(pg_blocking_pids(pid)) > 0
  AND pid IN (SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def together(act: Callable[[int], Any], times: int) -> list[Any]:
    """Call `act(0)` .. `act(times - 1)` in as many threads that start at the same moment.

    Returns what each gave back, or the exception it raised, by number. For tests marked `django_db(transaction=True)` or without one.
    Raises BrokenBarrierError when one of them never got its connection.
    """
    start, door = Barrier(times), Semaphore(DOORS)

    def run(number: int) -> Any:
        try:
            with door, suppress(RuntimeError):  # pytest-django's word for a test without a database
                connect()
            start.wait(PATIENCE_SECONDS)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        jobs = [pool.submit(run, number) for number in range(times)]
        given = [job.exception(PATIENCE_SECONDS) or job.result() for job in jobs]
    if start.broken:
        raise BrokenBarrierError(f"not all of {times} could begin")
    return given


def connect() -> None:
    """This thread's connection; a server that is slow to answer, or full for the moment, is asked again."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 2
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def behind(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """Call `second` in a thread of its own while what `first` did is not committed yet; the commit comes when `second` waits for a lock, or
    is over. Returns what each gave back, or the DomainError (`first`) or exception (`second`) it raised."""

    def apart() -> Any:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            one = tried(first)
            job = pool.submit(apart)
            wait_until_blocked(unless=job.done)
        return one, job.exception(PATIENCE_SECONDS) or job.result()


def in_turn(acts: Mapping[str, Callable[[], Any]], first: str) -> dict[str, Any]:
    """What each of two acts gave back, by name, the other begun before what `first` did is committed."""
    other = next(name for name in acts if name != first)
    return dict(zip((first, other), behind(acts[first], acts[other]), strict=True))


def tried(act: Callable[[], Any]) -> Any:
    """What it gave back, or the refusal it raised."""
    try:
        return act()
    except DomainError as refused:
        return refused


def wait_until_blocked(number: int = 1, unless: Callable[[], bool] = lambda: False) -> None:
    """Until so many other connections to this test's own database wait for a lock, or `unless` comes true. Another worker's database does
    not count."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(WAITING)
            if unless() or cursor.fetchone()[0] >= number:
                return
            time.sleep(0.02)
    raise AssertionError(f"not {number} waited for a lock")
