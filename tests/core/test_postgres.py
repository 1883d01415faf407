"""A kept connection is looked at before each request, without a round trip while it was asked lately."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
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
