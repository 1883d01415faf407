"""`manage.py clock show | advance 30d | set-day 2027-01-31`: the sandbox clock."""

import re
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.business_day import queries
from core.business_day.screen import Screen
from core.business_day.travel import advance
from core.clock import queries as clock
from core.errors import DomainError

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
SPAN = re.compile(r"(\d{1,6})([dhms])")


class Command(BaseCommand):
    help = "Show or move the sandbox clock (never in production, never back). Every business day on the way is closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("show", help="business time, wall time and the open business day")
        forward = acts.add_parser("advance", help="move forward by 30d, 6h, 15m or 10s")
        forward.add_argument("span")
        to_day = acts.add_parser("set-day", help="move to the start of a Shanghai day")
        to_day.add_argument("day")
        for mover in (forward, to_day):
            mover.add_argument("--workers", type=int, default=1, help="end-of-day shards run side by side (default 1)")
            mover.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["act"] == "advance":
            self.move(clock.now() + span_of(options["span"]), options)
        elif options["act"] == "set-day":
            self.move(clock.start_of_day(day_of(options["day"])), options)
        self.show()

    def move(self, to: datetime, options: dict[str, Any]) -> None:
        try:
            with Screen(self.stdout, as_json=options["json"]) as screen:
                journey = advance(to=to, report=screen, workers=options["workers"])
        except DomainError as refusal:
            raise CommandError(refusal.text("en")) from refusal
        for name in sorted(journey.deaf):
            self.stderr.write(f"{name} did not hear of the new time; it will be told at the next move.")

    def show(self) -> None:
        now, wall = clock.now(), clock.wall()
        ahead = timedelta(seconds=round((now - wall).total_seconds()))
        self.stdout.write(f"business time  {clock.local(now).isoformat(timespec='seconds')}  ({ahead} ahead of the wall)")
        self.stdout.write(f"wall time      {clock.local(wall).isoformat(timespec='seconds')}")
        try:
            self.stdout.write(f"business day   {queries.current()}")
        except queries.NoOpenDay:
            self.stdout.write("business day   none is open yet")


def span_of(text: str) -> timedelta:
    match = SPAN.fullmatch(text)
    if match is None:
        raise CommandError(f"{text!r} is no span: write a whole number and d, h, m or s, such as 30d or 6h")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"{text!r} is no day: write it as 2027-01-31") from problem
