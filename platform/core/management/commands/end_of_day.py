"""`manage.py end_of_day`: cut off what is over and close it. Safe to run at any time, any number of times."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.business_day import queries
from core.business_day.end_of_day import catch_up
from core.business_day.screen import Screen
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Close every business day that is over: cut it off, run its end-of-day steps, open the next. Opens the first day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=1, help="shards run side by side (default 1)")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--status", action="store_true", help="only show the open day and the days that wait")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["workers"] < 1:
            raise CommandError("--workers must be at least 1")
        if options["status"]:
            return self.status()
        with Screen(self.stdout, as_json=options["json"]) as screen:
            outcome = catch_up(at=clock.now(), report=screen, workers=options["workers"])
        if not options["json"]:
            self.stdout.write(f"closed {len(outcome.closed)} days, touched {outcome.rows} rows; open: {queries.current()}")
        if outcome.failed:
            raise CommandError("These shards failed; mend the cause and run it again:\n" + "\n".join(outcome.failed))
        if outcome.busy:
            raise CommandError(f"{outcome.busy} shards are being run elsewhere; run it again when they are done.")
        return None

    def status(self) -> None:
        self.stdout.write(f"open: {queries.current()}")
        for day in queries.awaiting_close():
            self.stdout.write(f"cut off: {day}")
            for step in queries.progress(day):
                self.stdout.write(f"  {step.step}: {step.done}/{step.shards} done, {step.failed} failed, {step.rows} rows")
