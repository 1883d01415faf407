"""The statement of movements: ledger lines joined to the orders they came from. Constant queries a page."""

import calendar
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.ledger.accounts import customer_account
from accounts.ledger.lines import LineFilter, MonthTotal, Told, event_names, journal_facts, lines, month_totals
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id, public_id
from payments.wallet import queries
from payments.wallet.kinds import OWN_EVENTS, SORTS, Kind, kind_of, title
from payments.wallet.models import CardOrder, Order, Transfer, Withdrawal
from payments.wallet.queries import Person

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
    """One line of the statement. `amount` is positive, `side` says in or out; `order_id` and `order` are empty for
    movements of other floors."""

    journal_id: uuid.UUID
    posted_at: datetime
    business_on: date
    kind: Kind
    title_en: str
    title_zh: str
    side: str
    amount: int
    balance_after: int
    reference: str
    order: Order | None
    counterparty: Person | None
    card: str
    remark: str
    fee: int

    @property
    def public_id(self) -> str:
        return public_id("jrn", self.journal_id)


def movements(customer_id: uuid.UUID, search: Search) -> QuerySet[Any]:
    """The ledger lines that fit, to be ordered by ORDERING and shown by `joined`. Raises Invalid for a month that is none."""
    sort = SORTS.get(Kind(search.kind)) if search.kind else None
    sign = SIGNS[search.side] if search.side else (sort.sign if sort else 0)
    since, until = month_span(search.month) if search.month else (None, None)
    found = lines(
        customer_account(customer_id, "balance"),
        LineFilter(
            since=since,
            until=until,
            sign=sign,
            events=sort.events if sort else (),
            not_events=OWN_EVENTS if search.kind == Kind.OTHER else (),
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
    """Journals of the customer's orders whose remark, card or number has `text`."""
    transfers = queries.own_transfers(customer_id).filter(Q(remark__icontains=text) | numbered("trf", text))
    top_ups = queries.own_top_ups(customer_id).filter(Q(card__last4=text) | numbered("top", text))
    withdrawals = queries.own_withdrawals(customer_id).filter(Q(card__last4=text) | numbered("wdr", text))
    return [
        transfers.values("id"),
        transfers.exclude(closing_journal_id=None).values("closing_journal_id"),
        top_ups.exclude(journal_id=None).values("journal_id"),
        withdrawals.exclude(sent_journal_id=None).values("sent_journal_id"),
        withdrawals.exclude(back_journal_id=None).values("back_journal_id"),
    ]


def numbered(prefix: str, text: str) -> Q:
    """Rows whose public id is `text`; none when it is no such id."""
    try:
        return Q(pk=parse_public_id(prefix, text))
    except NotFound:
        return Q(pk__in=[])


def joined(customer_id: uuid.UUID, entries: Sequence[Any]) -> list[Movement]:
    """Ledger lines with what their journals and orders say, in the order given: as many queries for one as for a page."""
    told = journal_facts(entry.journal_id for entry in entries)
    orders = orders_named(customer_id, {facts.reference for facts in told.values()})
    people = queries.people(order.other(customer_id) for order in orders.values() if isinstance(order, Transfer))
    names = event_names({facts.event for facts in told.values()} - set(OWN_EVENTS))
    return [movement(customer_id, entry, told[entry.journal_id], orders, people, names) for entry in entries]


def orders_named(customer_id: uuid.UUID, references: Iterable[str]) -> dict[str, Order]:
    """The customer's orders by public id; references of other floors find nothing."""
    ids: dict[str, list[uuid.UUID]] = {prefix: [] for prefix in OWN_ORDERS}
    for reference in references:
        prefix = reference.partition("_")[0]
        if prefix in ids:
            ids[prefix].append(parse_public_id(prefix, reference))
    return {row.public_id: row for prefix, own in OWN_ORDERS.items() if ids[prefix] for row in own(customer_id).filter(pk__in=ids[prefix])}


OWN_ORDERS: dict[str, Callable[[uuid.UUID], QuerySet[Any]]] = {
    "top": lambda customer_id: queries.own_top_ups(customer_id).select_related("card"),
    "wdr": lambda customer_id: queries.own_withdrawals(customer_id).select_related("card"),
    "trf": queries.own_transfers,
}


def movement(
    customer_id: uuid.UUID,
    entry: Any,
    told: Told,
    orders: dict[str, Order],
    people: dict[uuid.UUID, Person],
    names: dict[str, tuple[str, str]],
) -> Movement:
    order = orders.get(told.reference)
    kind = kind_of(told.event, entry.amount)
    en, zh = names.get(told.event, (title(kind, "en"), title(kind, "zh")))
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
        order=order,
        counterparty=people.get(order.other(customer_id)) if isinstance(order, Transfer) else None,
        card=f"{order.card.bank_id} {order.card.last4}" if isinstance(order, CardOrder) else "",
        remark=order.remark if isinstance(order, Transfer) else "",
        fee=order.fee_fen if isinstance(order, Withdrawal) else 0,
    )


def receipt(customer_id: uuid.UUID, journal_id: uuid.UUID) -> Movement:
    """One movement of the customer in full. Raises NotFound, also for another's."""
    entry = lines(customer_account(customer_id, "balance"), LineFilter()).filter(journal_id=journal_id).first()
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
