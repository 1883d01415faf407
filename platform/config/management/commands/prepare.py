"""`manage.py prepare`: bring a database up to date: migrations, schedules, the first business day. Running it again changes nothing."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.management.commands.demo import DAYS, PEOPLE
from core.business_day import queries as business_day
from core.business_day import services as business_days
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Bring the database up to date: migrations, the schedules of the periodic tasks, the first business day."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "development: connect to the sandbox bank, make the demo on an empty database, and write who can log in to this file"
        parser.add_argument("--demo", metavar="FILE", help=words)
        parser.add_argument("--customers", type=int, default=PEOPLE, help="of the demo")
        parser.add_argument("--days", type=int, default=DAYS, help="of the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Applying {len(waiting)} migrations ...")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_schedules", verbosity=0)
        if options["demo"]:
            call_command("sandbox_connect")
            call_command("demo", customers=options["customers"], days=options["days"])
            with Path(options["demo"]).open("w") as lines:
                call_command("demo", logins=True, stdout=lines)
        elif not business_day.any_day():
            business_days.open_first_day(at=clock.now())
        self.stdout.write("The database is ready.")
