"""Every benchmark starts and finishes a tiny round, so that none rots between the days somebody reads its figures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.processes import ROOT, database_url, redis_url

FOLDER = ROOT / "platform" / "bench"
SCRIPTS = sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))
BROKER = 10 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6  # no two at once share one, nor with others


@pytest.fixture
def ground(migrated: str) -> Iterator[dict[str, str]]:
    """A migrated database for one benchmark, and a broker number of its own."""
    url = database_url()
    name = f"bench_{os.getpid()}"
    server = url.replace("postgres://", "postgresql://").rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
        places = {"DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}", "REDIS_URL": redis_url(BROKER)}
        yield os.environ | places | {f"BENCH_{key}": value for key, value in places.items()}
        maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_finishes_a_tiny_round_and_prints_its_rows(script: str, ground: dict[str, str]) -> None:
    rows = json.loads(finished([str(FOLDER / f"{script}.py"), "--smoke", "--json"], ground))["rows"]

    assert rows
    assert all(row["figure"] > 0 for row in rows)
    assert all((row["met"] is None) == (row["goal"] is None) for row in rows)
    assert any(row["goal"] for row in rows)


def finished(command: list[str], environment: dict[str, str]) -> str:
    """What a script wrote to its standard output; it must end well."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, f"{Path(command[-1]).name}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout
