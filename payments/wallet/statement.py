"""The statement of movements: ledger lines joined to the orders they came from. Constant queries a page."""

import calendar
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.ledger.accounts import customer_account
from accounts.ledger.lines import LineFilter, MonthTotal, Told, event_names, journal_facts, line_of, lines, month_totals
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id, public_id
from payments.wallet import kinds, queries
from payments.wallet.queries import Person
from payments.wallet.sockets import STATEMENT, Detail, Sort

MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$")
SIGNS = {"in": 1, "out": -1}
BATCH = 200
ORDERING = ("-posted_at", "-version")


@dataclass(frozen=True)
class Search:
    """What the customer looks for. `text` is found in remarks, in the last four digits of a card and as an order's
    number; amounts in fen, without sign."""

    text: str = ""
    kind: str = ""
    side: str = ""
    month: str = ""
    least_fen: int | None = None
    most_fen: int | None = None


@dataclass(frozen=True)
class Movement:
    """One line of the statement. `amount` is positive, `side` says in or out; who is on the other side is a `counterparty` (a customer)
    or a `party` in words, both empty for movements no source explains."""

    journal_id: uuid.UUID
    posted_at: datetime
    business_on: date
    kind: str
    title_en: str
    title_zh: str
    side: str
    amount: int
    balance_after: int
    reference: str
    counterparty: Person | None
    party: str
    card: str
    remark: str
    fee: int

    @property
    def public_id(self) -> str:
        return public_id("jrn", self.journal_id)


def movements(customer_id: uuid.UUID, search: Search) -> QuerySet[Any]:
    """The ledger lines that fit, to be ordered by ORDERING and shown by `joined`. Raises Invalid for a month that is none."""
    sort = kinds.sorts().get(search.kind)
    sign = SIGNS[search.side] if search.side else (sort.sign if sort else 0)
    since, until = month_span(search.month) if search.month else (None, None)
    found = lines(
        customer_account(customer_id, "balance"),
        LineFilter(
            since=since,
            until=until,
            sign=sign,
            events=sort.events if sort else (),
            not_events=kinds.known_events() if search.kind == kinds.OTHER else (),
            journals=journals_about(customer_id, search.text.strip()) if search.text.strip() else None,
            least=search.least_fen,
            most=search.most_fen,
        ),
    )
    return found.none() if sort and sort.sign != sign else found


def month_span(month: str) -> tuple[datetime, datetime]:
    """First instant of a Shanghai month (`2026-11`) and of the next. Raises Invalid."""
    parts = MONTH.match(month)
    if parts is None:
        raise Invalid("month", "Send a month as YYYY-MM, such as 2026-11.", "月份格式应为 YYYY-MM,例如 2026-11。")
    first = date(int(parts[1]), int(parts[2]), 1)
    days = calendar.monthrange(first.year, first.month)[1]
    return clock.start_of_day(first), clock.start_of_day(first + timedelta(days=days))


def journals_about(customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
    """Journals of the customer's orders in which `text` is found, over all sources."""
    return [found for source in STATEMENT for found in source.about(customer_id=customer_id, text=text)]


def joined(customer_id: uuid.UUID, entries: Sequence[Any]) -> list[Movement]:
    """Ledger lines with what their journals and orders say, in the order given: as many queries for one as for a page."""
    told = journal_facts(entry.journal_id for entry in entries)
    details = details_of(customer_id, {facts.reference for facts in told.values()})
    people = queries.people(detail.counterparty for detail in details.values() if detail.counterparty)
    among = kinds.sorts()
    names = event_names({facts.event for facts in told.values()} - set(kinds.known_events()))
    return [movement(entry, told[entry.journal_id], details, people, names, among) for entry in entries]


def details_of(customer_id: uuid.UUID, references: Iterable[str]) -> dict[str, Detail]:
    """What the sources say of the customer's orders, by public id; references nobody explains find nothing."""
    sources = {source.prefix: source for source in STATEMENT}
    ids: dict[str, list[uuid.UUID]] = {}
    for reference in references:
        prefix = reference.partition("_")[0]
        if prefix in sources:
            ids.setdefault(prefix, []).append(parse_public_id(prefix, reference))
    return {
        public_id(prefix, order_id): detail
        for prefix, wanted in ids.items()
        for order_id, detail in sources[prefix].details(customer_id=customer_id, ids=wanted).items()
    }


def movement(
    entry: Any,
    told: Told,
    details: dict[str, Detail],
    people: dict[uuid.UUID, Person],
    names: dict[str, tuple[str, str]],
    among: dict[str, Sort],
) -> Movement:
    detail = details.get(told.reference, Detail())
    kind = kinds.kind_of(told.event, entry.amount, among)
    sort = among.get(kind, kinds.OTHER_SORT)
    en, zh = names.get(told.event, (sort.en, sort.zh))
    return Movement(
        journal_id=entry.journal_id,
        posted_at=entry.posted_at,
        business_on=entry.business_on,
        kind=kind,
        title_en=en,
        title_zh=zh,
        side="in" if entry.amount > 0 else "out",
        amount=abs(entry.amount),
        balance_after=entry.balance_after,
        reference=told.reference,
        counterparty=people.get(detail.counterparty) if detail.counterparty else None,
        party=detail.party,
        card=detail.card,
        remark=detail.remark,
        fee=detail.fee_fen,
    )


def receipt(customer_id: uuid.UUID, journal_id: uuid.UUID) -> Movement:
    """One movement of the customer in full. Raises NotFound, also for another's."""
    entry = line_of(customer_account(customer_id, "balance"), journal_id)
    if entry is None:
        raise NotFound()
    return joined(customer_id, [entry])[0]


def months(customer_id: uuid.UUID, *, since: datetime, until: datetime) -> list[MonthTotal]:
    """What came in and went out by month, newest first."""
    return month_totals(customer_account(customer_id, "balance"), since=since, until=until)


def in_batches(customer_id: uuid.UUID, search: Search, *, most: int) -> Iterator[Movement]:
    """Up to `most` movements, newest first, a batch at a time."""
    found = movements(customer_id, search).order_by(*ORDERING)
    after: tuple[datetime, int] | None = None
    given = 0
    while given < most:
        rest = found if after is None else found.filter(Q(posted_at__lt=after[0]) | Q(posted_at=after[0], version__lt=after[1]))
        batch = list(rest[: min(BATCH, most - given)])
        if not batch:
            return
        yield from joined(customer_id, batch)
        given += len(batch)
        after = (batch[-1].posted_at, batch[-1].version)
