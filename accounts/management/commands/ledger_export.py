"""`manage.py ledger_export --from DAY --to DAY [--out FILE]`: a period of the books as Beancount."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.ledger import export


class Command(BaseCommand):
    help = "Write the journals with effective dates in a period, with opening and closing balances, so that bean-check accepts them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", type=date.fromisoformat, required=True, help="first effective day")
        parser.add_argument("--to", dest="end", type=date.fromisoformat, required=True, help="last effective day")
        parser.add_argument("--out", type=Path, help="the file to write; standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["end"] < options["start"]:
            raise CommandError("--to lies before --from")
        lines = export.beancount(start=options["start"], end=options["end"])
        if options["out"] is None:
            for line in lines:
                sys.stdout.write(f"{line}\n")
            return
        with options["out"].open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
