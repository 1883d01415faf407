"""How processes connect: the URL's own options survive, and lost servers and forgotten locks have their limits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from config.database import database

ROOT = Path(__file__).resolve().parents[2]
URL = "postgres://somebody:something@db.example:5432/banyan"
ASK = "import json; from config import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"


def options(url: str, statement_timeout_ms: int = 0) -> dict[str, object]:
    found: dict[str, object] = database(url, max_age=600, statement_timeout_ms=statement_timeout_ms, test_name="t")["OPTIONS"]
    return found


def test_options_of_the_url_win_and_the_others_stay() -> None:
    found = options(f"{URL}?sslmode=verify-full&connect_timeout=9")
    assert (found["sslmode"], found["connect_timeout"], found["tcp_user_timeout"]) == ("verify-full", 9, 15_000)


def test_only_a_process_that_asks_for_it_limits_its_statements() -> None:
    assert options(URL)["options"] == "-c idle_in_transaction_session_timeout=60s"
    assert options(URL, 15_000)["options"] == "-c idle_in_transaction_session_timeout=60s -c statement_timeout=15000ms"


def test_the_settings_keep_what_the_environment_says() -> None:
    said = {"DATABASE_URL": f"{URL}?sslmode=verify-full", "STATEMENT_TIMEOUT_MS": "700"}
    environment = os.environ | said | {"PYTHONPATH": str(ROOT / "platform")}
    asked = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(asked.stdout)
    assert found["sslmode"] == "verify-full"
    assert found["options"].endswith("statement_timeout=700ms")


@pytest.mark.django_db
def test_the_server_ends_sessions_that_forgot_their_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
