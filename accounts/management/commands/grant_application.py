"""`manage.py grant_application ROLE`: give the database role an application connects with what it needs, and no more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE ON core_auditrecord, core_auditblock, core_auditseal FROM {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


class Command(BaseCommand):
    help = (
        "Run as the owner of the tables after every migration: read and write what the application keeps; "
        "the audit is only added to, and journals, entries and balances are only changed by the ledger's functions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            for grant in GRANTS:
                cursor.execute(SQL(grant).format(role=Identifier(options["role"])))
            cursor.execute("SELECT ledger_grant(%s)", [options["role"]])
        self.stdout.write(f"{options['role']} may keep the application's rows, add to the audit, read the ledger and call its functions.")
