"""A kept connection is looked at before each request, without a round trip while it was asked lately; instants are read as by Django."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, connection, connections
from django.test.utils import CaptureQueriesContext

from core.postgres import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    connection.ensure_connection()
    connection.health_check_enabled = True
    yield
    connection.close()


def server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(process: int) -> None:
    """As a restart of the server or an operator does."""
    parts = settings.DATABASES["default"]
    with psycopg.connect(
        host=parts["HOST"], port=parts["PORT"], user=parts["USER"], password=parts["PASSWORD"], dbname=connection.settings_dict["NAME"],
        autocommit=True,
    ) as other:  # fmt: skip
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [process]).fetchone() == (True,)


def next_request() -> None:
    connection.close_if_unusable_or_obsolete()
    connection.health_check_done = False


def test_the_backend_in_use_is_ours() -> None:
    assert isinstance(connections["default"], base.DatabaseWrapper)


def test_a_connection_the_server_has_ended_is_replaced_before_the_first_statement() -> None:
    process = server_process()
    end(process)
    next_request()
    assert server_process() != process


def test_a_connection_asked_lately_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: asked.append(1) or True)
    process = server_process()
    next_request()
    with CaptureQueriesContext(connection) as sent:
        assert server_process() == process
    assert len(sent) == 1
    assert not asked
    connection.asked_at -= base.ASK_AFTER_SECONDS
    next_request()
    assert server_process() == process
    assert asked == [1]
    next_request()
    assert server_process() == process
    assert asked == [1]


def test_a_connection_closed_on_our_side_is_replaced() -> None:
    process = server_process()
    connection.connection.close()
    next_request()
    assert server_process() != process


def read(instant: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [instant])
        found: datetime = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("2026-11-22 10:00:00+08", (2026, 11, 22, 2, 0, 0, 0)),
        ("2026-11-22 02:03:04.5+00", (2026, 11, 22, 2, 3, 4, 500_000)),
        ("2026-11-22 02:03:04.000001+00", (2026, 11, 22, 2, 3, 4, 1)),
        ("0001-01-01 00:00:00+00", (1, 1, 1, 0, 0, 0, 0)),
        ("9999-12-31 23:59:59.999999+00", (9999, 12, 31, 23, 59, 59, 999_999)),
    ],
)
def test_an_instant_is_read_in_utc_to_the_microsecond(written: str, parts: tuple[int, ...]) -> None:
    found = read(written)
    assert found == datetime(*parts, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("written", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"])
def test_an_instant_python_has_no_word_for_is_refused_as_django_does(written: str) -> None:
    with pytest.raises(DataError):
        read(written)
