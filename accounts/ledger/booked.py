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


@dataclass(frozen=True)
class Named:
    """A column of orders with the id of a journal, and the events such a journal may be of. Orders' ids are filed as `prefix`."""

    model: type[Model]
    prefix: str
    column: str
    events: Sequence[str]


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
            journals = Journal.objects.filter(id=OuterRef(one.column), event__in=one.events)
            bad = made_after(one.model, since).filter(Q(**{f"{one.column}__isnull": False}) & ~Exists(journals))
            for order_id, journal_id in bad.values_list("pk", one.column)[:SHOWN]:
                wanted = " or ".join(one.events)
                yield Finding(f"{self.name}.unbooked", public_id(one.prefix, order_id), f"{one.column} {journal_id} is no {wanted}")

    def unnamed(self, since: date | None) -> Iterator[Finding]:
        """Journals filed under an order of this room that no order names."""
        for event, columns in self.by_event().items():
            booked = Journal.objects.filter(event=event)
            if since is not None:
                booked = booked.filter(business_on__gt=since)
            filed = Q()
            for one in columns:
                booked = booked.filter(~Exists(made_after(one.model, since).filter(**{one.column: OuterRef("id")})))
                filed |= Q(reference__startswith=f"{one.prefix}_")
            for journal_id, reference in islice(self.stray(booked.filter(filed), columns), SHOWN):
                yield Finding(f"{self.name}.unnamed", public_id("jrn", journal_id), f"{event} of {reference}, which does not name it")

    def stray(self, booked: QuerySet[Journal], columns: Sequence[Named]) -> Iterator[tuple[UUID, str]]:
        """Those of the journals whose order, asked for by its id, does not name them either: an older one may."""
        for journal_id, reference in booked.values_list("id", "reference").iterator(chunk_size=1000):
            if not any(names(one, reference, journal_id) for one in columns):
                yield journal_id, reference

    def by_event(self) -> dict[str, list[Named]]:
        found: dict[str, list[Named]] = {}
        for one in self.columns:
            for event in one.events:
                found.setdefault(event, []).append(one)
        return found


def made_after(model: type[Model], since: date | None) -> QuerySet[Any]:
    rows = model._default_manager.order_by()
    return rows if since is None else rows.filter(pk__gte=first_id(start_of_day(since - WINDOW)))


def names(one: Named, reference: str, journal_id: UUID) -> bool:
    """Whether the order a journal is filed under names it."""
    try:
        order_id = parse_public_id(one.prefix, reference)
    except NotFound:
        return False
    return one.model._default_manager.filter(pk=order_id, **{one.column: journal_id}).exists()
