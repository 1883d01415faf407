"""How many threads of a web process a hanging bank may hold, as the environment sets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def seats(**environment: str) -> "subprocess.CompletedProcess[str]":
    values = os.environ | {"PYTHONPATH": str(ROOT / "platform"), "BANYAN_INSTANCE": "test"} | environment
    words = "import config.settings as s; print(s.CHANNEL_SEATS, s.OUTBOUND_SEATS, s.WEB_THREADS)"
    return subprocess.run([sys.executable, "-c", words], env=values, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, "1 1 2\n"), ({"WEB_THREADS": "8"}, "4 7 8\n"), ({"WEB_THREADS": "4", "CHANNEL_SEATS": "3"}, "3 3 4\n")],
)
def test_a_thread_is_always_left_for_what_asks_nobody(environment: dict[str, str], expected: str) -> None:
    assert seats(**environment).stdout == expected


@pytest.mark.parametrize(
    "environment", [{"OUTBOUND_SEATS": "2"}, {"WEB_THREADS": "4", "OUTBOUND_SEATS": "1"}, {"WEB_THREADS": "1"}, {"CHANNEL_SEATS": "0"}]
)
def test_seats_that_leave_no_thread_free_refuse_to_start(environment: dict[str, str]) -> None:
    refused = seats(**environment)
    assert refused.returncode != 0
    assert "The environment cannot be used" in refused.stderr
