"""The test session's ground: embedded services of the `test` instance (or BANYAN_INSTANCE=test_something), started when none are given."""

import os
import time
from collections.abc import Iterator, Mapping

import hypothesis
import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from core.clock.queries import offset
from core.embedded import Services, current_instance
from tests import template
from tests.processes import database_url

STARTED: list[Services] = []
DAY_SECONDS = 86_400
MIDNIGHTS = {"Shanghai": 16 * 3_600, "UTC": DAY_SECONDS}
MIDNIGHT_MARGIN_SECONDS = 30

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("torture", hypothesis.settings.get_profile("any machine"), max_examples=3_000, stateful_step_count=200)
hypothesis.settings.load_profile("any machine")


def chosen_instance(environment: Mapping[str, str]) -> str:
    """The instance to start, the one the settings connect to. Raises UsageError for one that may hold a developer's data."""
    name = environment.get("BANYAN_INSTANCE", "test")
    if not name.startswith("test"):
        raise pytest.UsageError(f"BANYAN_INSTANCE={name}: tests empty their database; name an instance that begins with `test`")
    return name


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded services once, in the controlling process; xdist's workers find them running."""
    if hasattr(config, "workerinput") or (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        return
    services = Services(current_instance(chosen_instance(os.environ)), durable=False)
    if services.start():
        STARTED.append(services)


def until_midnight(unix_seconds: float) -> float:
    """Seconds to the next midnight, in Shanghai or UTC."""
    return min((midnight - unix_seconds) % DAY_SECONDS for midnight in MIDNIGHTS.values())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """No test runs across a midnight. None inherits what the one before it left in its thread: the language of its last request, or the
    sandbox offset (it is kept for half a second)."""
    left = until_midnight(time.time())
    if left < MIDNIGHT_MARGIN_SECONDS:
        time.sleep(left + 0.1)
    offset.forget()
    translation.deactivate()


def pytest_unconfigure(config: pytest.Config) -> None:
    for services in STARTED:
        services.stop()
    STARTED.clear()


@pytest.fixture(scope="session")
def migrated() -> str:
    """The name of the migrated database that others are copied from."""
    return template.ensure(database_url().rsplit("/", 1)[0].replace("postgres://", "postgresql://"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, migrated: str) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep a copy of the rows that migrations load (rules, charts, calendars, roles), to put them back after a transactional test."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS loaded CASCADE")
        cursor.execute("CREATE SCHEMA loaded")
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE loaded."{table}" AS TABLE "{table}"')


@pytest.fixture(scope="session", autouse=True)
def transactional_tests_leave_the_database_as_migrations_made_it() -> Iterator[None]:
    """Django empties every table after a transactional test; the append-only ones refuse that, as they should, while triggers fire."""
    emptied = TransactionTestCase._fixture_teardown

    def without_triggers(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        emptied(self)
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'loaded'")
            for (table,) in cursor.fetchall():
                cursor.execute(f'DELETE FROM "{table}"')
                cursor.execute(f'INSERT INTO "{table}" TABLE loaded."{table}"')
            cursor.execute("SET session_replication_role = origin")

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = emptied
