"""PostgreSQL killed while money moves: nothing acknowledged is lost, nothing happens twice."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from core.embedded import Services, current_instance
from tests.core.test_embedded import instance_in

ROOT = Path(__file__).resolve().parents[2]
KILLS = 3
BETWEEN_SECONDS = 1.0
PREPARE = """
from accounts.ledger import days, services
from accounts.ledger.legs import credit, debit
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from tests.ledger.chaos_worker import A, WORLD
at = clock.wall()
business_day.open_first_day(at=at)
services.post(journal_id=new_id(), event="ledger.adjusted", legs=[debit(WORLD, 100), credit(A, 100)], at=at)
"""
BALANCES = """
SELECT (SELECT posted FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id WHERE a.owner_id::text LIKE '%%0001'),
  (SELECT posted FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id WHERE a.owner_id::text LIKE '%%0002'),
  (SELECT count(*) FROM ledger_journal)
"""


class World:
    """A durable PostgreSQL of its own and the processes that use it."""

    def __init__(self, folder: Path) -> None:
        self.services = Services(instance_in(folder, "chaos"), durable=True)
        self.services.start()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "DATABASE_URL": self.services.instance.database_url(),
            "REDIS_URL": self.services.instance.redis_url(),
        }

    def manage(self, *words: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, input=text, capture_output=True, text=True, check=False
        )

    def kill_postgres(self) -> None:
        """SIGKILL to the postmaster and every child, then start it again on the same port."""
        pid = self.services.pid("postgres")
        assert pid is not None
        os.killpg(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        while self.services.pid("postgres") is not None:
            time.sleep(0.02)
        self.services.start()

    def balances(self) -> tuple[int, int, int]:
        address = self.services.instance.database_url().replace("postgres://", "postgresql://")
        with psycopg.connect(address) as server:
            return server.execute(BALANCES.replace("%%", "%")).fetchone()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder the servers' user may walk into."""
    place = current_instance("test").root / f"chaos-{os.getpid()}"
    place.mkdir(parents=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.mark.timeout(600)
def test_postgres_killed_three_times_while_money_moves_loses_nothing_and_repeats_nothing(folder: Path) -> None:
    world = World(folder)
    stop, log = folder / "stop", folder / "answers"
    try:
        migrated = world.manage("migrate", "-v", "0")
        assert migrated.returncode == 0, migrated.stderr
        prepared = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{PREPARE}"],
            cwd=ROOT, env=world.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert prepared.returncode == 0, prepared.stderr
        with log.open("w") as answers:
            worker = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("chaos_worker.py")), str(stop)],
                cwd=ROOT,
                env=world.environment,
                stdout=answers,
            )
            try:
                for _ in range(KILLS):
                    before = len(log.read_text().splitlines())
                    while len(log.read_text().splitlines()) < before + 20:
                        assert worker.poll() is None
                        time.sleep(0.05)
                    world.kill_postgres()
                time.sleep(BETWEEN_SECONDS)
                stop.touch()
                assert worker.wait(120) == 0
            finally:
                worker.kill()
        done = Counter(log.read_text().split())
        a, b, journals = world.balances()
        assert a == 100 + 2 * done["in"] - done["across"] - done["out_a"]
        assert b == done["across"] - done["out_b"]
        assert journals == 1 + done.total()
        assert min(done["in"], done["across"]) > 0
        proof = world.manage("ledger_check")
        assert (proof.returncode, proof.stdout) == (0, "The books balance.\n")
    finally:
        world.services.stop()
