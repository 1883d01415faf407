"""`manage.py prepare`: bring a database up to date: migrations, schedules, the first business day. Running it again changes nothing."""

from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.management.commands.demo import DAYS, PEOPLE, refuse_half_made
from core.business_day import queries as business_day
from core.business_day import services as business_days
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Bring the database up to date: migrations, the schedules of the periodic tasks, the first business day."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "development: connect to the sandbox bank, make the demo on an empty database, and write who can log in to this file"
        parser.add_argument("--demo", metavar="FILE", help=words)
        later = "development: `prepare --demo` comes later; refuse a database that holds a part of one"
        parser.add_argument("--demo-follows", action="store_true", help=later)
        parser.add_argument(
            "--application", metavar="ROLE", help="the database role that web and workers connect with: grant it its rights"
        )
        parser.add_argument("--customers", type=int, default=PEOPLE, help="of the demo")
        parser.add_argument("--days", type=int, default=DAYS, help="of the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Applying {len(waiting)} migrations ...")
            call_command("migrate", verbosity=0, interactive=False)
        if options["application"]:
            call_command("grant_application", options["application"], stdout=StringIO())
        call_command("sync_schedules", verbosity=0)
        if options["demo_follows"]:
            refuse_half_made()
        elif options["demo"]:
            call_command("sandbox_connect")
            if settings.SANDBOX_ISSUER_URL:
                call_command("sandbox_issuer_connect")
            if not refuse_half_made():
                call_command("demo", customers=options["customers"], days=options["days"])
            with Path(options["demo"]).open("w") as lines:
                call_command("demo", logins=True, stdout=lines)
        elif not business_day.any_day():
            business_days.open_first_day(at=clock.now())
        if not options["demo"]:
            self.stdout.write("The database is ready.")
