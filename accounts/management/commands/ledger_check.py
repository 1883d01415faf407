"""`manage.py ledger_check`: prove the books, beside live traffic. Exit code 1 and one line per finding when they are wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.ledger import check, halt
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Prove the books in one read-only snapshot; exit 1 with the findings. With --halt a finding stops all money commands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--halt", action="store_true", help="halt the ledger when something is found")

    def handle(self, *args: Any, **options: Any) -> None:
        found = check.run()
        for finding in found:
            self.stdout.write(f"{finding.check}: {finding.subject}: {finding.detail}")
        if not found:
            self.stdout.write("The books balance.")
            return
        if options["halt"]:
            halt.halt(reason=f"{found[0].check}: {found[0].subject}: {found[0].detail}", at=clock.now())
        sys.exit(1)
