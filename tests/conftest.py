"""The test session's ground: embedded services of the `test` instance, started when none are given."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from core.embedded import Services, current_instance

STARTED: list[Services] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded services once, in the controlling process; xdist's workers find them running."""
    if hasattr(config, "workerinput") or (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        return
    services = Services(current_instance("test"), durable=False)
    if services.start():
        STARTED.append(services)


def pytest_unconfigure(config: pytest.Config) -> None:
    for services in STARTED:
        services.stop()
    STARTED.clear()


@pytest.fixture(scope="session", autouse=True)
def append_only_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """Django empties every table after a transactional test; the append-only ones refuse that, as they should, while triggers fire."""
    emptied = TransactionTestCase._fixture_teardown

    def without_triggers(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        emptied(self)
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = emptied
