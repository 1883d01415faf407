"""`manage.py demo`: let invented customers live through simulated days on an empty installation. Never in production."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.demo import cast, lapse, tour
from config.demo.bank import NoBank
from core.business_day import queries as business_day
from core.clock import queries as clock
from core.errors import DomainError

SEED, PEOPLE, DAYS = "banyan", 200, 60
UNFINISHED = 3


class Command(BaseCommand):
    help = "Make the demo: customers live through simulated days by the platform's own services. Runs once, on an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", default=SEED, help="the same seed tells the same story")
        parser.add_argument("--customers", type=int, default=PEOPLE)
        parser.add_argument("--days", type=int, default=DAYS)
        parser.add_argument("--json", action="store_true", help="the story as one JSON object, no progress")
        parser.add_argument("--logins", action="store_true", help="make nothing: who can log in")
        parser.add_argument("--codes", action="store_true", help="make nothing: the operators' present second-factor codes")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demo is never made in production")
        if options["codes"]:
            for username, code in cast.codes().items():
                self.stdout.write(f"{username:<16}{code}")
        elif options["logins"]:
            self.stdout.write("\n".join(logins()))
        elif refuse_half_made():
            self.stdout.write("This installation has a history; the demo is only made on an empty one (make demo starts afresh).")
        else:
            self.make(options)

    def make(self, options: dict[str, Any]) -> None:
        begun = time.monotonic()
        cast.hire(at=clock.now())
        try:
            story = self.live(options)
        except (NoBank, DomainError) as problem:
            raise CommandError(str(problem)) from problem
        seconds = time.monotonic() - begun
        if options["json"]:
            self.stdout.write(json.dumps(vars(story) | {"seconds": round(seconds, 1)}))
            return
        acts = ", ".join(f"{count} {name.replace('_', '-')}" for name, count in sorted(story.done.items()))
        refused = ", ".join(f"{count} {code}" for code, count in sorted(story.refused.items())) or "none"
        self.stdout.write(f"{story.customers} customers lived {story.days} days in {seconds:.0f} s: {acts}.")
        self.stdout.write(f"Refused on the way: {refused}.")
        self.stdout.write(f"Fingerprint {story.fingerprint}")
        self.stdout.write("To look at:")
        self.stdout.write("\n".join(logins()))

    def live(self, options: dict[str, Any]) -> lapse.Story:
        wanted = {"seed": options["seed"], "people": options["customers"], "days": options["days"]}
        if options["json"]:
            return lapse.live(**wanted, progress=lambda day, acts: None)
        if not self.stdout.isatty():
            return lapse.live(**wanted, progress=lambda day, acts: self.plain_line(day, options["days"], acts))
        columns = (
            TextColumn("Demo days"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[acts]} acts"),
            TimeRemainingColumn(),
        )
        with Progress(*columns) as bar:
            task = bar.add_task("days", total=options["days"], acts=0)
            return lapse.live(**wanted, progress=lambda day, acts: bar.update(task, completed=day, acts=acts))

    def plain_line(self, day: int, days: int, acts: int) -> None:
        if day % 5 == 0 or day == days:
            self.stdout.write(f"demo: day {day} of {days}, {acts} acts")


def refuse_half_made() -> bool:
    """Whether there is any history. Raises CommandError (exit code UNFINISHED) where the making of a demo was interrupted."""
    if clock.behind_wall():
        raise CommandError("The making of the demo was interrupted, and this database holds a part of it.", returncode=UNFINISHED)
    return business_day.any_day()


def logins() -> list[str]:
    """Lines for the screen of `make run`: a few customers with cards, and the operators."""
    lines = list(tour.lines())
    if cast.codes():
        lines.append(f"Operators     {', '.join(cast.codes())}; password {cast.PASSWORD}")
        lines.append("              second factor: PYTHONPATH=platform .venv/bin/python manage.py demo --codes")
    return lines
