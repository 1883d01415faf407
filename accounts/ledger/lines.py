"""The lines of one account as its owner reads them: filtered, summed by month, joined to what their journals say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Func, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from accounts.ledger.accounts import AccountRef
from accounts.ledger.models import Entry, EventType, Journal
from core.clock.queries import SHANGHAI

EVENT_OF = Subquery(Journal.objects.filter(id=OuterRef("journal_id")).values("event"))
"""A line's event type, asked of its own journal by key: as a join the planner may read the journals of all customers."""


class NotAmong(Func):
    """`expression <> ALL (values)`: what `exclude` would write asks the expression twice."""

    template = "%(expressions)s)"
    arg_joiner = " <> ALL ("
    output_field = BooleanField()
    conditional = True


@dataclass(frozen=True)
class LineFilter:
    """Which lines are wanted; what is not given does not matter.

    `since` inclusive and `until` exclusive are instants of posting. `sign` is +1 for credits, -1 for debits. `events` are the
    journal's event types, `not_events` leaves types out. `journals` are subqueries of journal ids, any of which fits.
    `least` and `most` bound the amount without its sign, minor units.
    """

    since: datetime | None = None
    until: datetime | None = None
    sign: int = 0
    events: Sequence[str] = ()
    not_events: Sequence[str] = ()
    journals: Sequence[QuerySet[Any, Any]] | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class MonthTotal:
    """What came in and went out in one Shanghai month, minor units, both positive."""

    month: date
    into: int
    out_of: int


@dataclass(frozen=True)
class Told:
    """What a line's journal says."""

    event: str
    reference: str
    metadata: dict[str, Any] = field(default_factory=dict)


def lines(account: AccountRef, wanted: LineFilter) -> QuerySet[Entry]:
    """The wanted lines in no order; `(posted_at, version)` orders them without ties on an account kept in one row."""
    found = Entry.objects.filter(account_id=account.id).alias(event=EVENT_OF).filter(within(wanted.since, wanted.until), sized(wanted))
    if wanted.sign:
        found = found.filter(amount__gt=0) if wanted.sign > 0 else found.filter(amount__lt=0)
    if wanted.events:
        found = found.filter(event__in=wanted.events)
    if wanted.not_events:
        found = found.filter(NotAmong(EVENT_OF, list(wanted.not_events)))
    if wanted.journals is not None:
        found = found.filter(any_of(Q(journal_id__in=ids) for ids in wanted.journals))
    return found


def line_of(account: AccountRef, journal_id: UUID) -> Entry | None:
    """What a journal entered on an account kept in one row. Entries have no index by journal: the journal, read by its key,
    says when they were posted, and that leads to the account's few of that instant."""
    posted_at = Journal.objects.filter(id=journal_id).values_list("posted_at", flat=True).first()
    if posted_at is None:
        return None
    return Entry.objects.filter(account_id=account.id, sub=0, posted_at=posted_at, journal_id=journal_id).first()


def within(since: datetime | None, until: datetime | None) -> Q:
    return (Q(posted_at__gte=since) if since else Q()) & (Q(posted_at__lt=until) if until else Q())


def sized(wanted: LineFilter) -> Q:
    """By amount without its sign."""
    at_least = Q() if wanted.least is None else Q(amount__gte=wanted.least) | Q(amount__lte=-wanted.least)
    return at_least if wanted.most is None else at_least & Q(amount__gte=-wanted.most, amount__lte=wanted.most)


def any_of(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole


def journal_facts(journal_ids: Iterable[UUID]) -> dict[UUID, Told]:
    """Event, reference and metadata of several journals in one query."""
    rows = Journal.objects.filter(id__in=list(journal_ids)).values_list("id", "event", "reference", "metadata")
    return {journal_id: Told(event, reference, metadata or {}) for journal_id, event, reference, metadata in rows}


def event_names(events: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Event type to its name in English and Chinese."""
    rows = EventType.objects.filter(event__in=list(events)).values_list("event", "name_en", "name_zh")
    return {event: (en, zh) for event, en, zh in rows}


def month_totals(account: AccountRef, *, since: datetime, until: datetime) -> list[MonthTotal]:
    """Sums by Shanghai month of posting, newest first; months without a line are left out."""
    found = Entry.objects.filter(within(since, until), account_id=account.id).order_by()
    sums = found.annotate(month=TruncMonth("posted_at", tzinfo=SHANGHAI)).values("month")
    summed = sums.annotate(into=Sum("amount", filter=Q(amount__gt=0)), out_of=Sum("amount", filter=Q(amount__lt=0)))
    return [MonthTotal(row["month"].date(), row["into"] or 0, -(row["out_of"] or 0)) for row in summed.order_by("-month")]
