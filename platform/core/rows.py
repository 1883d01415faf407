"""Rows in and out by statements made once for each table, alone or on the way of another statement.

For the hot paths: Django builds each statement anew, which costs several times what sending it does; and each round trip to the
database costs more than most statements do.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


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


@lru_cache(maxsize=256)
def selection(model: type[models.Model], alias: str) -> str:
    """The columns of a table, of which `loaded` makes a row."""
    quote = connection.ops.quote_name
    return ", ".join(f"{alias}.{quote(str(field.column))}" for field in model._meta.local_concrete_fields)


@lru_cache(maxsize=256)
def reading(model: type[Row]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The attributes of a model in the order of `selection`, and which of them a field reads its own way."""
    columns = model._meta.local_concrete_fields
    own = [(place, field.from_db_value) for place, field in enumerate(columns) if hasattr(field, "from_db_value")]
    return [field.attname for field in columns], own


def loaded(model: type[Row], values: Sequence[Any]) -> Row:
    """A row from the values of `selection`'s columns."""
    names, own = reading(model)
    found = list(values)
    for place, read in own:
        found[place] = read(found[place], None, connection)
    return model.from_db(connection.alias, names, found)


def width(model: type[models.Model]) -> int:
    """How many columns `selection` has."""
    return len(model._meta.local_concrete_fields)
