"""Kinds tell of days that are known differently now."""

from datetime import date

from core.outbox.registry import Event, handles
from wealth.catalog.services.days import CHANGED
from wealth.portfolio.services import keeping


@handles(CHANGED, name="wealth.portfolio.reopen")
def reopen(event: Event) -> None:
    keeping.reopen(low=event.payload["low"], high=event.payload["high"], since=date.fromisoformat(event.payload["since"]))
