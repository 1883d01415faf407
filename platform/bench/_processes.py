"""The platform's processes as `make run` starts them: started, waited for, weighed, stopped."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._ground import ROOT

PATIENCE_SECONDS = 90
POLL_SECONDS = 0.02
Process = subprocess.Popen[bytes]


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config.celery", *words]


def web_command(port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "platform/config/gunicorn.py"), "-b", f"127.0.0.1:{port}", "config.wsgi"]


def worker_command() -> list[str]:
    return celery("worker", "--loglevel", "WARNING", "--concurrency", "2", "--without-gossip", "--without-mingle")


def beat_command() -> list[str]:
    return celery("beat", "--loglevel", "WARNING", "--pidfile=")


def bank_command(port: int, data: Path) -> list[str]:
    return [sys.executable, "-m", "sandbox.bank", "--port", str(port), "--data", str(data)]


@contextmanager
def running(command: list[str]) -> Iterator[Process]:
    """The command in a process group of its own, ended with the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


@contextmanager
def web(port: int) -> Iterator[Process]:
    """gunicorn with the product's configuration, answering."""
    with running(web_command(port)) as process:
        wait(lambda: answers(f"http://127.0.0.1:{port}/healthz"), process)
        yield process


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310  # nosec B310  # our own loopback
            return True
    except (urllib.error.URLError, OSError):
        return False


def wait(ready: Callable[[], bool], process: Process) -> None:
    """Until `ready`. Raises RuntimeError when the process ended, TimeoutError after PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{process.args!r} is not ready after {PATIENCE_SECONDS} s")
        time.sleep(POLL_SECONDS)
