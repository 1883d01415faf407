"""`manage.py ledger_manifest DAY`: a closed day's manifest as JSON, to be kept where this database's owner cannot reach it."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.ledger import seal


class Command(BaseCommand):
    help = "Print the manifest of a business day (YYYY-MM-DD): counts, debits per asset in minor units, root hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", type=date.fromisoformat)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(seal.exported(day=options["day"]), indent=1, sort_keys=True))
