"""The whole platform as real processes on a durable database of its own, made to be killed.

`Stack(folder)` starts PostgreSQL and Valkey (fsync on), migrates, and runs gunicorn, a Celery worker, the clock (beat) and the
sandbox bank on free loopback ports. Every process is its own group and is killed by its id only.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from core.embedded import Services
from core.embedded.instance import free_port
from tests.core.test_embedded import instance_in

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
UP_SECONDS = 180  # only guards against waiting for ever


def entries() -> set[str]:
    """The names in the checkout's own folder and in `platform/`, where the processes start."""
    return {file.name for folder in (ROOT, ROOT / "platform") for file in folder.iterdir()}


class Stack:
    """Start with `with Stack(folder) as stack`; `stack.processes` holds what runs, by name, `found` what lay in the checkout before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.found = folder, entries()
        self.services = Services(instance_in(folder, "crash"))
        self.web_port, self.bank_port = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def bank_url(self) -> str:
        return f"http://127.0.0.1:{self.bank_port}"

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(ROOT / "platform"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.services.instance.database_url(),
            "REDIS_URL": self.services.instance.redis_url(),
            "PUBLIC_URL": self.url,
            "SANDBOX_BANK_URL": self.bank_url,
            "SANDBOX_ISSUER_URL": "",
            "LOG_LEVEL": "WARNING",
            "WEB_THREADS": "4",
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
        }

    def __enter__(self) -> "Stack":
        self.services.start()
        self.manage("prepare")
        self.start("bank")
        self.wait(f"{self.bank_url}/healthz")
        self.manage("sandbox_connect")
        self.start("web")
        self.start("worker")
        self.start("clock")
        self.wait(f"{self.url}/readyz")
        return self

    def __exit__(self, *problem: object) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.services.stop()

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, env=self.environment(), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"manage.py {' '.join(words)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            self.commands()[name], env=self.environment(), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        log.close()

    def commands(self) -> dict[str, list[str]]:
        celery = [str(BIN / "celery"), "--app", "config.celery"]
        worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        notify = f"{self.url}/v1/payments/notices/sandbox_bank"
        return {
            "web": [
                str(BIN / "gunicorn"),
                "config.wsgi",
                "--bind",
                f"127.0.0.1:{self.web_port}",
                "--workers",
                "1",
                "--threads",
                "4",
                "--preload",
            ],
            "worker": worker,
            "clock": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
            "bank": [sys.executable, "-m", "sandbox.bank", "--port", str(self.bank_port)]
            + ["--data", str(self.folder / "bank"), "--platform-notify-url", notify],
        }

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children (its own group, started by us)."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_children(self, name: str) -> None:
        """SIGKILL to the children of a process alone; a web server's master starts new ones."""
        for child in psutil.Process(self.processes[name].pid).children():
            child.kill()

    def kill_postgres(self) -> None:
        """SIGKILL to PostgreSQL and all its children, as a machine's crash would; then start it again on its port."""
        pid = self.services.pid("postgres")
        assert pid is not None
        server = psutil.Process(pid)
        family = [server, *server.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=UP_SECONDS)
        before = self.services.instance.database_url()
        self.services.start()
        assert self.services.instance.database_url() == before

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait(self, address: str) -> None:
        deadline = time.monotonic() + UP_SECONDS
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own loopback address)
                    return
            except (OSError, urllib.error.HTTPError) as problem:
                if time.monotonic() > deadline:
                    logs = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.log"))
                    raise AssertionError(f"{address}: {problem}\n{logs}") from problem
                time.sleep(0.1)
