"""`manage.py ledger_check`: prove the books, beside live traffic. Exit code 1 and one line per finding when they are wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.ledger import beside, check, proving
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Prove the books in one read-only snapshot; exit 1 with the findings. With --halt this is the daily job: see `proving.prove`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--halt", action="store_true", help="halt the ledger when something is found")
        parser.add_argument("--full", action="store_true", help="read all history, also what earlier runs proved")

    def handle(self, *args: Any, **options: Any) -> None:
        at, full = clock.now(), options["full"]
        found = proving.prove(at=at, full=full) if options["halt"] else check.run(None if full else proving.proved_through(at=at))
        if not found:
            self.stdout.write("The books balance.")
        found = [*found, *beside.findings(at=at, full=full)]
        for finding in found:
            self.stdout.write(f"{finding.check}: {finding.subject}: {finding.detail}")
        if found:
            sys.exit(1)
