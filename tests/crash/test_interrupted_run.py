"""`make run` ended by a signal while it makes the demo: nothing stays behind, and the next one begins again by itself."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.embedded import Services, current_instance

ROOT = Path(__file__).resolve().parents[2]
SIZE = ("--customers", "3", "--days", "20")
PATIENCE_SECONDS = 200
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def services() -> Iterator[Services]:
    """An instance of this checkout that nobody else uses; it and its data are gone afterwards."""
    services = Services(current_instance(f"run{os.getpid()}"))
    yield services
    services.stop()
    shutil.rmtree(services.root)


def begin(services: Services) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"BANYAN_INSTANCE": services.instance.name, "PYTHONPATH": str(ROOT / "platform"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "platform/tools/run.py"), *SIZE]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What the process has written up to the first line with `words` in it."""
    assert process.stdout is not None
    begun, written = time.monotonic(), ""
    while words not in written:
        line = process.stdout.readline()
        written += line
        assert line, f"it ended before it wrote {words!r}:\n{written}"
        assert time.monotonic() - begun < PATIENCE_SECONDS, written
    return written


def end(process: "subprocess.Popen[str]", number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def left_running(services: Services) -> list[str]:
    """Command lines of the processes of this instance: the database and broker, and what carries its name."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if str(services.root) in line or process.environ().get("BANYAN_INSTANCE") == services.instance.name:
                found.append(line)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_a_run_ended_while_it_makes_the_demo_leaves_nothing_running_and_the_next_one_begins_again(services: Services) -> None:
    first = begin(services)
    said = read_until(first, "demo: day 5 ")
    assert "Banyan is up" in said, "it answers while the demo is being made"
    assert len(left_running(services)) > 3, "the look at running processes sees them"
    assert end(first, signal.SIGTERM) == 143
    assert left_running(services) == []

    second = begin(services)
    said = read_until(second, "second factor:")
    assert "The making of the demo was interrupted, and this database holds a part of it." in said
    assert "Beginning again with an empty database." in said
    assert "3 customers lived 20 days" in said
    assert end(second, signal.SIGINT) == 0
    assert left_running(services) == []
