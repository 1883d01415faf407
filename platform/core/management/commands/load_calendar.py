"""`manage.py load_calendar`: bring the trading calendar up to its sources."""

from typing import Any

from django.core.management.base import BaseCommand

from core.business_day import queries, trading_days
from core.clock import queries as clock


class Command(BaseCommand):
    help = "Load trading days from the installed holiday data and calendar.toml; rows an operator edited stay."

    def handle(self, *_: Any, **__: Any) -> None:
        changed = trading_days.load()
        trading_days.watch_end(at=clock.now())
        end = queries.calendar_end()
        self.stdout.write(f"{changed} days changed; certain up to {end.official}, provisional up to {end.last}")
