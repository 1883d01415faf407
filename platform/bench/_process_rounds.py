"""The measurements behind `platform/bench/processes.py`."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median

from bench._endpoint_rounds import moves, once, people
from bench._ground import ROOT
from bench._ledger_ground import fill
from bench._processes import Process, answers, bank_command, beat_command, running, wait, web_command, worker_command
from bench._rows import Row, against, plain
from config.celery import app as celery
from core.embedded.instance import free_port

SETUP = "import django; django.setup()"
STARTS: dict[str, float] = {"bank": 1.0, "worker": 2.5, "web": 2.5}
MEGABYTES: dict[str, float] = {"bank": 100, "worker": 400, "beat": 150, "web": 400}
GROWTH = 1.25
READYZ_MS = 1000.0
SETTLE_SECONDS = 1.0


class Stack:
    """One start of everything: the processes by name, the seconds each took to be ready, and the first /readyz in ms."""

    def __init__(self, folder: Path) -> None:
        self.port, self.bank_port = free_port(), free_port()
        self.folder = folder
        self.processes: dict[str, Process] = {}
        self.seconds: dict[str, float] = {}
        self.readyz_ms = 0.0

    @contextmanager
    def up(self) -> Iterator[None]:
        site = f"http://127.0.0.1:{self.port}"
        with ExitStack() as stack:
            self.start(
                stack, "bank", bank_command(self.bank_port, self.folder), lambda: answers(f"http://127.0.0.1:{self.bank_port}/healthz")
            )
            self.start(stack, "worker", worker_command(), worker_answers)
            self.processes["beat"] = stack.enter_context(running(beat_command()))
            self.start(stack, "web", web_command(self.port), lambda: answers(f"{site}/healthz"))
            begun = time.perf_counter()
            with urllib.request.urlopen(f"{site}/readyz", timeout=30):  # noqa: S310  # nosec B310  # our own loopback
                self.readyz_ms = (time.perf_counter() - begun) * 1000
            yield

    def start(self, stack: ExitStack, name: str, command: list[str], ready: Callable[[], bool]) -> None:
        begun = time.perf_counter()
        self.processes[name] = stack.enter_context(running(command))
        wait(ready, self.processes[name])
        self.seconds[name] = time.perf_counter() - begun

    def megabytes(self) -> dict[str, float]:
        """The PSS of each process and its children."""
        return {name: sum(pss(pid) for pid in group(process.pid)) / 1024 for name, process in self.processes.items()}


def worker_answers() -> bool:
    return bool(celery.control.ping(timeout=0.2))


def group(leader: int) -> list[int]:
    """The processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2]) == leader:
                found.append(int(entry.name))
    return found


def pss(pid: int) -> int:
    """A process's proportional set size in KiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def bare_setup() -> float:
    """Seconds of a process that only sets Django up: the least any of ours can take."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", SETUP], cwd=ROOT, env=os.environ, check=True)
    return time.perf_counter() - begun


def run(seconds: float, rounds: int, *, customers: int) -> list[Row]:
    """The rows: starts, the first /readyz, memory after the start and after `seconds` of writes in the last round."""
    fill()
    payers = people(customers)
    base: list[float] = []
    starts: list[Stack] = []
    for _ in range(rounds):
        base.append(bare_setup())
        with tempfile.TemporaryDirectory() as folder, (stack := Stack(Path(folder))).up():
            starts.append(stack)
            time.sleep(SETTLE_SECONDS)
            fresh = stack.megabytes()
            once(stack.port, moves(stack.port, payers), seconds)
            used = stack.megabytes()
    return [
        Row("a bare django.setup()", median(base), "s"),
        *[
            against(f"{name} ready / bare setup", [stack.seconds[name] for stack in starts], "s", base, ("<=", most))
            for name, most in STARTS.items()
        ],
        plain("the first /readyz", median(stack.readyz_ms for stack in starts), "ms", READYZ_MS),
        *[plain(f"{name}: memory after the start", fresh[name], "MB", most) for name, most in MEGABYTES.items()],
        *[
            against(f"{name}: memory after a load / after the start", [used[name]], "MB", [fresh[name]], ("<=", GROWTH))
            for name in MEGABYTES
        ],
    ]
