"""One round trip to a ledger function, tried again only where nobody above can."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import OperationalError, connection

TRIES = 4
PASSING = {"40P01", "40001", "55P03"}
Row = tuple[Any, ...]


def call(statement: str, arguments: Sequence[Any]) -> Row:
    """The one row a function answers.

    Outside any transaction a deadlock, a serialization failure or a lock time-out is tried again with the same
    arguments (the journal's id makes that safe), TRIES times in all. Inside a transaction it goes up to whoever opened it.
    """
    return rows(statement, arguments)[0]


def rows(statement: str, arguments: Sequence[Any]) -> list[Row]:
    """All rows a function answers; tried again as `call`."""
    for left in reversed(range(TRIES)):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments)
                return list(cursor.fetchall())
        except OperationalError as error:
            if left == 0 or connection.in_atomic_block or getattr(error.__cause__, "sqlstate", None) not in PASSING:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def array(values: Iterable[object]) -> str:
    """An array parameter as PostgreSQL reads it, of values whose text needs no quotes (numbers, dates); None is NULL.

    The driver builds arrays element by element in Python, which took a third of a posting's time on our side.
    """
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def id_array(ids: Iterable[UUID]) -> str:
    """An array parameter of ids; the hyphens that `str` puts in would take six times as long."""
    return "{" + ",".join([f"{one.int:032x}" for one in ids]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """An array parameter of any texts, each quoted; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else quoted(value) for value in values]) + "}"


def quoted(value: str) -> str:
    return f'"{value}"' if value.isalnum() else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def json_or_none(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
