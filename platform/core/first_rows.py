"""The rows a migration loads, taken back when it is reversed: the triggers that keep such rows stand aside meanwhile."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import QuerySet


def take_back(schema: BaseDatabaseSchemaEditor, *rows: QuerySet[Any]) -> None:
    """Delete the rows, those that refer to others first. Locks each table; only its owner may, and who migrates is.

    Deferred foreign keys are checked at once, since a table with checks to come cannot have its triggers put back.
    """
    schema.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for chosen in rows:
        table = schema.quote_name(chosen.model._meta.db_table)
        schema.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        chosen.delete()
        schema.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
