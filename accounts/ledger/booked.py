"""Orders against journals: a column that names a journal names one there is, and a journal filed under an order is named by it.

Rooms say which columns name journals of which events and plug that into `ledger_check`; which column an order must have in which
state is its table's CHECK. What is read is bounded by what earlier proofs covered (`since`): journals booked after that day, and orders
made up to WINDOW before it. An order that ended later than that is read by the weekly proof of everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.ledger.models import Journal
from accounts.ledger.sockets import Finding
from core.clock.queries import start_of_day
from core.errors import NotFound
from core.ids import first_id, parse_public_id, public_id

WINDOW = timedelta(days=7)
SHOWN = 50
CHUNK = 1000


@dataclass(frozen=True)
class Named:
    """A column of orders with the id of a journal, and the events such a journal may be of. Journals are filed under `prefix` with the
    id in `key`: the order's own unless it is a part of another row. `many`: the column is an array of ids."""

    model: type[Model]
    prefix: str
    column: str
    events: Sequence[str]
    key: str = "pk"
    many: bool = False


class Booked:
    """The proof of one room's orders, for CHECKS."""

    def __init__(self, name: str, *columns: Named) -> None:
        self.name = name
        self.columns = columns

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        found = [*self.unbooked(since), *self.unnamed(since)]
        return found[:SHOWN]

    def unbooked(self, since: date | None) -> Iterator[Finding]:
        """Orders that name a journal there is none of."""
        for one in self.columns:
            wanted = " or ".join(one.events)
            for order_id, journal_id in islice(missing_of(one, since) if one.many else missing(one, since), SHOWN):
                yield Finding(f"{self.name}.unbooked", public_id(one.prefix, order_id), f"{one.column} {journal_id} is no {wanted}")

    def unnamed(self, since: date | None) -> Iterator[Finding]:
        """Journals filed under an order of this room that no order names."""
        for event, columns in self.by_event().items():
            booked = Journal.objects.filter(event=event)
            if since is not None:
                booked = booked.filter(business_on__gt=since)
            filed = Q()
            for one in columns:
                if not one.many:
                    booked = booked.filter(~Exists(made_after(one.model, since).filter(**{one.column: OuterRef("id")})))
                filed |= Q(reference__startswith=f"{one.prefix}_")
            for journal_id, reference in islice(self.stray(booked.filter(filed), columns), SHOWN):
                yield Finding(f"{self.name}.unnamed", public_id("jrn", journal_id), f"{event} of {reference}, which does not name it")

    def stray(self, booked: QuerySet[Journal], columns: Sequence[Named]) -> Iterator[tuple[UUID, str]]:
        """Those of the journals whose order, asked for by its id, does not name them either: an older one may."""
        rows = booked.values_list("id", "reference").iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            named = {pair for one in columns for pair in naming(one, [reference for _, reference in chunk])}
            yield from (pair for pair in chunk if pair not in named)

    def by_event(self) -> dict[str, list[Named]]:
        found: dict[str, list[Named]] = {}
        for one in self.columns:
            for event in one.events:
                found.setdefault(event, []).append(one)
        return found


def made_after(model: type[Model], since: date | None) -> QuerySet[Any]:
    rows = model._default_manager.order_by()
    return rows if since is None else rows.filter(pk__gte=first_after(since))


def first_after(since: date | None) -> UUID:
    """The least id of what was made in the time to prove."""
    return UUID(int=0) if since is None else first_id(start_of_day(since - WINDOW))


def missing(one: Named, since: date | None) -> Iterator[tuple[UUID, UUID]]:
    """Order and journal where there is no such journal."""
    journals = Journal.objects.filter(id=OuterRef(one.column), event__in=one.events)
    bad = made_after(one.model, since).filter(Q(**{f"{one.column}__isnull": False}) & ~Exists(journals))
    yield from bad.values_list(one.key, one.column)[:SHOWN]


def missing_of(one: Named, since: date | None) -> Iterator[tuple[UUID, UUID]]:
    """The same of a column of many."""
    rows = made_after(one.model, since).values_list(one.key, one.column).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        wanted = [(order_id, journal_id) for order_id, many in chunk for journal_id in many]
        there = set(Journal.objects.filter(id__in=[pair[1] for pair in wanted], event__in=one.events).values_list("id", flat=True))
        yield from (pair for pair in wanted if pair[1] not in there)


def naming(one: Named, references: Sequence[str]) -> Iterator[tuple[UUID, str]]:
    """Journal and reference, of every journal that orders of these references name."""
    filed = {order_id: reference for reference in references if (order_id := read(one.prefix, reference)) is not None}
    for order_id, named in one.model._default_manager.filter(**{f"{one.key}__in": filed}).values_list(one.key, one.column):
        for journal_id in named if one.many else [named]:
            yield journal_id, filed[order_id]


def read(prefix: str, reference: str) -> UUID | None:
    try:
        return parse_public_id(prefix, reference)
    except NotFound:
        return None
