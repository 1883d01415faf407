"""One round trip to a ledger function, tried again only where nobody above can."""

from collections.abc import Sequence
from typing import Any

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


def json_or_none(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
