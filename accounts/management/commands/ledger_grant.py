"""`manage.py ledger_grant ROLE`: give the database role an application connects with what it needs of the ledger, and no more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection


class Command(BaseCommand):
    help = "Run as the owner of the tables after every migration: read, execute, no change of journal, entry or balance."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_grant(%s)", [options["role"]])
        self.stdout.write(f"{options['role']} may read the ledger and call its functions.")
