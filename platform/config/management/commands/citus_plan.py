"""`manage.py citus_plan`: the SQL that would spread this database over a Citus cluster. Prints, and changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.spreading import FOREIGN_KEYS, UNIQUE_KEYS, ForeignKey, UniqueKey, places, statements


class Command(BaseCommand):
    help = (
        "Print what drops the foreign keys that cross machines, re-keys the listed tables by owner, and distributes them (docs/scaling.md)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(["BEGIN;", *planned(), "COMMIT;"]))


def planned() -> list[str]:
    """The statements for the database as it stands and the table of tables as it is written. Raises CommandError where a listed table
    is not there: the database is not migrated."""
    listed = places((settings.ROOT / "docs" / "scaling.md").read_text())
    missing = sorted(set(listed) - set(connection.introspection.table_names()))
    if missing:
        raise CommandError(f"the database lacks {missing[0]} and {len(missing) - 1} more of the listed tables: migrate it first")
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        foreign = [ForeignKey(*row) for row in cursor.fetchall()]
        cursor.execute(UNIQUE_KEYS)
        unique = [UniqueKey(*row) for row in cursor.fetchall()]
    return statements(listed, foreign, unique)
