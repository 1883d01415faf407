"""Starting a second Python process of this project on the test's own database, to be watched or killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 120  # only guards against waiting for ever
ORPHANS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def database_url() -> str:
    facts = connection.settings_dict
    return f"postgres://{facts['USER']}:{quote(facts['PASSWORD'])}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def redis_url(database: int) -> str:
    """The test broker with another database number, so that a worker of one test meets only its own messages."""
    return f"{settings.REDIS_URL.rsplit('/', 1)[0]}/{database}"


def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """`python <arguments>` with the test's settings and database, in its own process group. End it by `.kill()`."""
    values = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=values | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def killed_at(line: str, *arguments: str) -> None:
    """Start a process, wait until it writes `line`, and kill it there. Whatever it wrote else is shown if it never does."""
    process = start(*arguments)
    assert process.stdout is not None
    written = []
    try:
        while (said := process.stdout.readline()) != line + "\n":
            written.append(said)
            assert said, "the process ended without it:\n" + "".join(written)
    finally:
        process.kill()
        process.communicate()


def orphans_end() -> None:
    """Ends every other connection to the test's own database and waits until none is left. A server in the middle of a statement does not
    see that its client was killed (a keep-alive would end it in time), and one whose statement is still on its way begins it yet."""

    def none_left() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(ORPHANS)
            return cursor.rowcount == 0

    wait_until(none_left, "a killed process is still connected")


def wait_until(ready: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.05)
