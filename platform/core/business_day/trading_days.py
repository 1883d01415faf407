"""Keeping the trading calendar: loading it from its sources, and warning before it ends."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, transaction

from core.business_day import queries
from core.business_day.calendar import EXCHANGE, Fact, facts
from core.clock.queries import local_day
from core.ids import new_id
from core.work import services as work

WARN_DAYS = 60
WORK_KIND = "trading_calendar_ends"
log = structlog.get_logger(__name__)

LOAD = """
INSERT INTO core_tradingday AS kept (id, exchange, day, is_open, source, note)
SELECT * FROM unnest(%(ids)s::uuid[], %(exchanges)s::text[], %(days)s::date[], %(opens)s::boolean[], %(sources)s::text[], %(notes)s::text[])
ON CONFLICT (exchange, day) DO UPDATE SET is_open = EXCLUDED.is_open, source = EXCLUDED.source, note = EXCLUDED.note
WHERE kept.source <> 'operator' AND NOT (kept.source = 'official' AND EXCLUDED.source = 'provisional')
AND (kept.is_open, kept.source, kept.note) IS DISTINCT FROM (EXCLUDED.is_open, EXCLUDED.source, EXCLUDED.note)
"""


@dataclass(frozen=True)
class Ending:
    """How many days the calendar still covers from a given day on: for certain, and at all."""

    official_days_left: int
    days_left: int


@transaction.atomic
def load(known: list[Fact] | None = None) -> int:
    """Bring the table up to its sources and return how many rows that changed; a second run changes none.

    A row an operator edited (source `operator`) stays; an official row never becomes provisional again.
    """
    known = facts() if known is None else known
    with connection.cursor() as cursor:
        cursor.execute(
            LOAD,
            {
                "ids": [new_id() for _ in known],
                "exchanges": [fact.exchange for fact in known],
                "days": [fact.day for fact in known],
                "opens": [fact.is_open for fact in known],
                "sources": [fact.source for fact in known],
                "notes": [fact.note for fact in known],
            },
        )
        changed: int = cursor.rowcount
    return changed


def ending(*, at: datetime, exchange: str = EXCHANGE) -> Ending:
    """Negative when the last (certain) day has passed; 0 for an empty calendar."""
    end, today = queries.calendar_end(exchange=exchange), local_day(at)
    left = [(day - today).days if day else 0 for day in (end.official, end.last)]
    return Ending(*left)


@transaction.atomic
def watch_end(*, at: datetime, exchange: str = EXCHANGE) -> bool:
    """Put one work item in front of the operators from WARN_DAYS before the certain days end, and take it away again once
    the calendar reaches further. Returns whether it warns."""
    left = ending(at=at, exchange=exchange)
    if left.official_days_left > WARN_DAYS:
        work.finish(kind=WORK_KIND, target=exchange, by="system", at=at)
        return False
    log.warning("trading_calendar_ends", exchange=exchange, official_days_left=left.official_days_left, days_left=left.days_left)
    work.ask(
        kind=WORK_KIND,
        target=exchange,
        facts={"official_days_left": left.official_days_left, "days_left": left.days_left},
        at=at,
    )
    return True
