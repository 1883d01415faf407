"""`manage.py prepare`: bring a database up to date: migrations and schedules. Running it again changes nothing."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Bring the database up to date: migrations and the schedules of the periodic tasks."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Applying {len(waiting)} migrations ...")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_schedules", verbosity=0)
        self.stdout.write("The database is ready.")
