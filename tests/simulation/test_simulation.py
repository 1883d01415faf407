"""The seeded simulation: nothing is lost or made up whatever the bank and the broker do, and the same seed ends the same way."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.processes import ROOT, database_url, redis_url
from tests.sandbox_bank import SandboxBank, free_port
from tests.template import APPLICATION, APPLICATION_PASSWORD

SEEDS = os.environ.get("SIMULATION_SEEDS", "plum,plum").split(",")
PEOPLE, DAYS = os.environ.get("SIMULATION_SIZE", "8x2").split("x")
BROKERS = (6, 7)
"""Numbers of the test broker's databases that no other test uses."""
pytestmark = [pytest.mark.timeout(3600), pytest.mark.xdist_group("simulation")]


@contextmanager
def begun(command: list[str], place: int, migrated: str, **surroundings: str) -> Iterator["subprocess.Popen[str]"]:
    """A program under way on a database of its own, with the rights that web and workers have."""
    server = database_url().rsplit("/", 1)[0]
    name = f"simulation_{place}"
    with psycopg.connect(f"{server.replace('postgres://', 'postgresql://')}/postgres", autocommit=True) as maintenance:
        maintenance.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    who = f"{APPLICATION}:{quote(APPLICATION_PASSWORD)}"
    surroundings |= {
        "DATABASE_URL": f"postgres://{who}@{server.rsplit('@', 1)[1]}/{name}",
        "REDIS_URL": redis_url(BROKERS[place]),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=os.environ | surroundings, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def simulation(seed: str, place: int, migrated: str) -> Iterator["subprocess.Popen[str]"]:
    with begun(["-m", "tests.simulation.run", seed, PEOPLE, DAYS], place, migrated) as process:
        yield process


@contextmanager
def demo(place: int, migrated: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    bank = SandboxBank(folder / f"bank{place}", free_port())
    bank.start()
    command = ["manage.py", "prepare", "--demo", str(folder / f"logins{place}"), "--customers", "12", "--days", "24"]
    surroundings = {"DJANGO_SETTINGS_MODULE": "config.settings", "SANDBOX_BANK_URL": bank.base_url, "SANDBOX_ISSUER_URL": ""}
    try:
        with begun(command, place, migrated, **surroundings) as process:
            yield process
    finally:
        bank.kill()


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    said, _ = process.communicate()
    assert process.returncode == 0, "the simulation broke: see its traceback above"
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.parametrize("pair", [SEEDS[place : place + 2] for place in range(0, len(SEEDS), 2)], ids="-".join)
def test_days_of_faults_and_lost_messages_end_with_books_in_balance_and_the_same_seed_the_same(pair: list[str], migrated: str) -> None:
    with simulation(pair[0], 0, migrated) as first, simulation(pair[-1], 1, migrated) as second:
        ends = [told(first), told(second)]

    for end in ends:
        assert end["findings"] == [], "ledger_check at every midnight"
        assert (end["open_holds"], end["open_requests"]) == (0, 0)
        assert end["messages"]["dropped"] > 0 < end["messages"]["repeated"]
        assert end["faults"] > 0
        assert sum(end["done"].values()) > int(PEOPLE)
    if pair[0] == pair[-1]:
        assert ends[0] == ends[1]


def test_the_demo_comes_to_the_same_every_time(migrated: str, tmp_path: Path) -> None:
    with demo(0, migrated, tmp_path) as first, demo(1, migrated, tmp_path) as second:
        said = [process.communicate()[0] for process in (first, second)]

    stories = [[re.sub(r" in \d+ s:", ":", line) for line in one.splitlines() if "lived" in line or "Fingerprint" in line] for one in said]
    assert len(stories[0]) == 2, said[0]
    assert stories[0] == stories[1]
