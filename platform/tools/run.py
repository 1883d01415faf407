"""`make run`: the whole platform on this machine, from an empty folder to one screen of addresses, until Ctrl-C."""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer
from types import FrameType

import honcho.manager
from honcho.manager import Manager
from honcho.printer import Printer

from core.embedded import APPLICATION, Services, ServicesNotStarted, current_instance
from core.embedded.instance import free_port
from core.embedded.services import port_taken

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BIN = Path(sys.executable).parent
WEB_PORT, BANK_PORT, ISSUER_PORT = 8000, 8090, 8091
INTERRUPTED = 130
STOP_S = 20  # a worker that stops ends the call under way first: at most two patiences of a channel
INNER_QUEUES = "core,accounts,payments,wealth,credit,growth"
UNFINISHED = 3
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CHILD_SECONDS = 20


def main() -> int:
    options = argparse.ArgumentParser(description="Run Banyan on this machine.")
    options.add_argument("--demo-only", action="store_true", help="make the demo afresh and stop")
    options.add_argument("--customers", type=int, default=200, help="of the demo, when it is made")
    options.add_argument("--days", type=int, default=60, help="of the demo, when it is made")
    chosen = options.parse_args()
    begun = time.time()
    services = Services(current_instance())
    own = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
    ours_to_stop = own and services.pid("postgres") is None
    for ending in ENDINGS:
        signal.signal(ending, interrupt)
    try:
        if own:
            services.start()
        environment = surroundings(services)
        size = ["--customers", str(chosen.customers), "--days", str(chosen.days)]
        environment["DEMO_SIZE"] = " ".join(size)
        if chosen.demo_only:
            start_over(services, own=own)
        prepare(environment, services, own=own)
        if own:
            environment["DATABASE_URL"] = services.instance.application_url()
        if chosen.demo_only:
            demo(environment)
            return 0
        return serve(environment, begun)
    except ServicesNotStarted as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except subprocess.CalledProcessError as problem:
        return int(problem.returncode)
    except NotOurs as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if ours_to_stop:
            services.stop()


def interrupt(number: int, frame: FrameType | None) -> None:
    """The first Ctrl-C, SIGTERM or closed terminal ends the run, everything stopped; further ones change nothing."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def surroundings(services: Services) -> dict[str, str]:
    """The environment of every process of this run: which ports, which folders."""
    web, bank, issuer = port_near(WEB_PORT), port_near(BANK_PORT), port_near(ISSUER_PORT)
    metrics = services.root / "metrics"
    metrics.mkdir(parents=True, exist_ok=True)
    for stale in metrics.glob("*.db"):
        stale.unlink()
    (ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "PYTHONPATH": f"{ROOT / 'platform'}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "WEB_PORT": str(web),
        "BANK_PORT": str(bank),
        "ISSUER_PORT": str(issuer),
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "SANDBOX_BANK_URL": f"http://127.0.0.1:{bank}",
        "SANDBOX_BANK_DATA": str(services.root / "bank"),
        "SANDBOX_ISSUER_URL": f"http://127.0.0.1:{issuer}",
        "SANDBOX_ISSUER_DATA": str(services.root / "issuer"),
        "LOGINS_FILE": str(services.root / "logins.txt"),
    }


def port_near(wanted: int) -> int:
    """The usual port, or a free one when another program (a second checkout) has it."""
    return free_port() if port_taken(wanted) else wanted


class NotOurs(RuntimeError):
    """A database of DATABASE_URL would have to be emptied; that is left to its owner."""


def prepare(environment: dict[str, str], services: Services, *, own: bool) -> None:
    """Bring the database up to date, as its owner. A demo that was interrupted is begun again from an empty one.

    In the embedded database the rest then works as a role that cannot change the books. Raises NotOurs, CalledProcessError.
    """
    options = ["--demo-follows"]
    if own:
        services.create_application_role()
        options += ["--application", APPLICATION]
    code = managed(environment, *options)
    if code == UNFINISHED:
        start_over(services, own=own)
        sys.stdout.write("Beginning again with an empty database.\n")
        sys.stdout.flush()
        code = managed(environment, *options)
    if code:
        raise subprocess.CalledProcessError(code, "manage.py prepare")


def start_over(services: Services, *, own: bool) -> None:
    """Drop the embedded database and what the sandbox bank and issuer keep of this checkout. Raises NotOurs for another's database."""
    if not own:
        raise NotOurs("The database of DATABASE_URL is not emptied by this program: empty it yourself, then run again.")
    services.empty()
    for outside in ("bank", "issuer"):
        shutil.rmtree(services.root / outside, ignore_errors=True)


def demo(environment: dict[str, str]) -> None:
    """Make the demo in the foreground, the sandbox bank and issuer running beside it, each in a session of its own. Raises
    CalledProcessError."""
    begun: list[subprocess.Popen[bytes]] = []
    try:
        for command in (bank_command(environment), issuer_command(environment)):
            begun.append(beside(command, environment))
        code = managed(environment, "--demo", environment["LOGINS_FILE"], *environment["DEMO_SIZE"].split())
    finally:
        for process in begun:
            end(process)
    if code:
        raise subprocess.CalledProcessError(code, "manage.py prepare")


def beside(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A silent process in a session of its own."""
    silence = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=silence, stderr=silence, start_new_session=True)


def managed(environment: dict[str, str], *options: str) -> int:
    """The exit code of `manage.py prepare`. It does not outlive an interrupt.

    It runs in a session of its own, so that Ctrl-C in a terminal reaches this process alone, which ends it in order.
    """
    child = subprocess.Popen([PYTHON, "manage.py", "prepare", *options], env=environment, cwd=ROOT, start_new_session=True)
    try:
        return child.wait()
    finally:
        end(child)


def end(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, and SIGKILL to what does not go; nothing happens to a process that has ended."""
    process.terminate()
    try:
        process.wait(timeout=CHILD_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def bank_command(environment: dict[str, str]) -> list[str]:
    notify = f"{environment['PUBLIC_URL']}/v1/payments/notices/sandbox_bank"
    places = ["--port", environment["BANK_PORT"], "--data", environment["SANDBOX_BANK_DATA"], "--platform-notify-url", notify]
    return [PYTHON, "-m", "sandbox.bank", *places]


def issuer_command(environment: dict[str, str]) -> list[str]:
    return [PYTHON, "-m", "sandbox.issuer", "--port", environment["ISSUER_PORT"], "--data", environment["SANDBOX_ISSUER_DATA"]]


class Crew(Manager):
    """honcho's manager, whose own `terminate` fails, and leaves everything running, before each process has reported its start."""

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
            return
        again = Timer(0.1, self.terminate)
        again.daemon = True
        again.start()


def serve(environment: dict[str, str], begun: float) -> int:
    """Web, workers, beat, the sandbox bank and the sandbox issuer together; the first to fail stops the rest and names the exit code.

    The web starts alone; the demo of a first start is made behind it, and the workers wait until it is there.
    """
    manager = Crew(Printer(sys.stdout))
    web = [
        str(BIN / "gunicorn"),
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{environment['WEB_PORT']}",
        "--config",
        "platform/config/gunicorn.py",
    ]
    celery = celery_commands()
    people = environment["LOGINS_FILE"]
    Path(people).unlink(missing_ok=True)
    commands = {
        "bank": bank_command(environment),
        "issuer": issuer_command(environment),
        "web": web,
        "worker": [PYTHON, "platform/tools/after.py", people, *celery["worker"]],
        "outbound": [PYTHON, "platform/tools/after.py", people, *celery["outbound"]],
        "clock": [PYTHON, "platform/tools/behind.py", str(begun), *celery["beat"]],
    }
    honcho.manager.KILL_WAIT = STOP_S
    for name, command in commands.items():
        manager.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=str(ROOT), quiet=False)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return 0 if manager.returncode == INTERRUPTED else int(manager.returncode or 0)


def celery_commands() -> dict[str, list[str]]:
    """The two workers and the clock. What may hang at an outside party has a worker of its own, so that it holds nothing else."""
    celery = [str(BIN / "celery"), "--quiet", "--app", "config.celery"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--prefetch-multiplier", "1"]
    return {
        "worker": [*worker, "--hostname", "worker@%h", "--concurrency", "2", "--queues", INNER_QUEUES],
        "outbound": [*worker, "--hostname", "outbound@%h", "--concurrency", "2", "--queues", "outbound"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
    }


if __name__ == "__main__":
    sys.exit(main())
