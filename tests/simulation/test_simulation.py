"""The seeded simulation: nothing is lost or made up whatever the bank and the broker do, and the same seed ends the same way."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.processes import ROOT, database_url, redis_url

SEEDS = os.environ.get("SIMULATION_SEEDS", "plum,plum").split(",")
PEOPLE, DAYS = os.environ.get("SIMULATION_SIZE", "8x2").split("x")
BROKERS = (6, 7)
"""Numbers of the test broker's databases that no other test uses."""
pytestmark = [pytest.mark.timeout(3600), pytest.mark.xdist_group("simulation")]


@contextmanager
def simulation(seed: str, place: int, migrated: str) -> Iterator["subprocess.Popen[str]"]:
    """One simulation under way on a database of its own."""
    server = database_url().rsplit("/", 1)[0]
    name = f"simulation_{place}"
    with psycopg.connect(f"{server.replace('postgres://', 'postgresql://')}/postgres", autocommit=True) as maintenance:
        maintenance.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    surroundings = {
        "DATABASE_URL": f"{server}/{name}",
        "REDIS_URL": redis_url(BROKERS[place]),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "tests.simulation.run", seed, PEOPLE, DAYS]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | surroundings, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


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
