"""Where a benchmark runs: durable embedded servers of the instance `bench`, and a migrated, empty database on them.

BENCH_DATABASE_URL and BENCH_REDIS_URL name other servers; that database must be migrated and is filled by the benchmark.
Import this before Django's settings are read.
"""

import argparse
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

import django  # noqa: E402  (the path is set first)
import psycopg  # noqa: E402
import redis  # noqa: E402
from django.db import connections  # noqa: E402

from core.embedded import Services, current_instance  # noqa: E402

INSTANCE = current_instance("bench")
GIVEN = "BENCH_DATABASE_URL" in os.environ and "BENCH_REDIS_URL" in os.environ


def surround(settings: str = "config.settings") -> None:
    """Point this process and its children at the benchmark's servers."""
    os.environ |= {
        "BANYAN_INSTANCE": "bench",
        "DJANGO_SETTINGS_MODULE": settings,
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "DATABASE_URL": os.environ["BENCH_DATABASE_URL"] if GIVEN else INSTANCE.database_url(),
        "REDIS_URL": os.environ["BENCH_REDIS_URL"] if GIVEN else INSTANCE.redis_url(),
    }


@contextmanager
def servers() -> Iterator[None]:
    """The servers run meanwhile, with a fresh database; those this call started are stopped. One benchmark at a time."""
    if GIVEN:
        surround()
        yield
        return
    services = Services(INSTANCE, durable=True)
    INSTANCE.root.mkdir(parents=True, exist_ok=True)
    with (INSTANCE.root / "benchmark.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        started = services.start()
        surround()
        try:
            fresh_database()
            yield
        finally:
            if started:
                services.stop()


def fresh_database() -> None:
    """A new database `banyan`, copied from one that is migrated once and brought up to date each time, and an empty broker."""
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'migrated'").fetchone() is None:
            connection.execute("CREATE DATABASE migrated")
        migrate(f"{server}/migrated")
        connection.execute("DROP DATABASE IF EXISTS banyan WITH (FORCE)")
        connection.execute("CREATE DATABASE banyan TEMPLATE migrated")
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()


def migrate(address: str) -> None:
    """Migrate another database than this process works with, in a process of its own."""
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": address}, check=True)


@contextmanager
def measurements(module: str, settings: str = "config.settings") -> Iterator[ModuleType]:
    """The servers up, Django set up on them, and the module that measures (it needs both to be imported)."""
    with servers():
        surround(settings)
        django.setup()
        try:
            yield import_module(module)
        finally:
            connections.close_all()


def pgbench_binary() -> str:
    return str(Services(INSTANCE).binaries() / "bin" / "pgbench")


def options(purpose: str | None, *, seconds: float, rounds: int) -> argparse.Namespace:
    """The flags every benchmark takes."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--seconds", type=float, default=seconds, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=rounds, help="interleaved rounds; a figure is their median")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--smoke", action="store_true", help="one tiny round: whether the benchmark works, no figures worth reading")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.seconds, chosen.rounds = 0.2, 1
    return chosen
