"""`manage.py prepare`: bring a database up to date: migrations, schedules, the first business day. Running it again changes nothing."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.business_day import services as business_day
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Bring the database up to date: migrations, schedules, the first business day."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Applying {len(waiting)} migrations ...")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_schedules", verbosity=0)
        business_day.open_first_day(at=clock.now())
        self.stdout.write("The database is ready.")
