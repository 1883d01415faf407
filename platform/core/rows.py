"""Inserting rows by statements made once for each table, alone or on the way of another statement.

For the hot paths: Django's `save` builds its INSERT anew each time, which costs four times what sending it does; and each
round trip to the database costs more than most statements do.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models


@lru_cache(maxsize=256)
def insertion(model: type[models.Model]) -> tuple[str, tuple["models.Field[Any, Any]", ...]]:
    """The INSERT of a table, and its columns in order."""
    columns = tuple(model._meta.local_concrete_fields)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})", columns  # noqa: S608  # nosec B608  # our own columns


@lru_cache(maxsize=256)
def carrying(statement: str, inserts: tuple[str, ...]) -> str:
    """`statement` with INSERTs on its way: one round trip for all. None of them sees what another writes."""
    carried = ", ".join(f"row_{number} AS ({insert})" for number, insert in enumerate(inserts))
    return f"WITH {carried} {statement}"


def with_rows(statement: str, arguments: Sequence[Any], rows: Sequence[models.Model]) -> tuple[str, list[Any]]:
    """`statement` and its arguments, changed so that it writes `rows` too."""
    if not rows:
        return statement, list(arguments)
    inserts, values = [], []
    for row in rows:
        insert, columns = insertion(type(row))
        inserts.append(insert)
        values += [field.get_db_prep_save(field.pre_save(row, True), connection) for field in columns]
        row._state.adding, row._state.db = False, connection.alias
    return carrying(statement, tuple(inserts)), [*values, *arguments]


def insert(row: models.Model) -> None:
    """Write a new row whose key and defaults are set in Python already. Raises what the database refuses; sends no signals."""
    statement, columns = insertion(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in columns])
    row._state.adding, row._state.db = False, connection.alias
