"""What a revised quote would correct, worked out holding by holding with the rule of the booking, writing nothing."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db.models import Max

from wealth.catalog import queries as catalog
from wealth.catalog.states import Carry
from wealth.current import queries, statements
from wealth.current.income import run
from wealth.current.models import CurrentBook, CurrentHolding
from wealth.rules.current import income, rate_e4

Standing = tuple[uuid.UUID, date, int, int, int]


@dataclass(frozen=True)
class Preview:
    """`days` booked anew, `holdings` whose income changes, `more_fen` given to some and `less_fen` taken from others, and `short` holders
    who have less free than is taken, and owe the rest to their next income."""

    days: int = 0
    holdings: int = 0
    more_fen: int = 0
    less_fen: int = 0
    short: int = 0


def preview(*, product_id: uuid.UUID, day: date, income_per_10k: Decimal) -> Preview:
    """If the quote of `day` said `income_per_10k`."""
    last = CurrentBook.objects.filter(product_id=product_id).aggregate(last=Max("booked_through"))["last"]
    if last is None or last < day:
        return Preview()
    rates = {one: rate_e4(quote.income_per_10k) for one, quote in queries.quotes(product_id, since=day, through=last).items()}
    rates[day] = rate_e4(income_per_10k)
    monthly = catalog.current_version(catalog.product(product_id)).carry == Carry.MONTHLY
    standing: Iterator[Standing] = iter(run(statements.STANDING, {"product": product_id, "day": day}))  # type: ignore[arg-type]
    changes = {}
    for holding_id, rows in groupby(standing, key=itemgetter(0)):
        change = changed({row[1]: row for row in rows}, rates, monthly=monthly)
        if change:
            changes[holding_id] = change
    free = CurrentHolding.objects.filter(pk__in=[one for one, change in changes.items() if change < 0])
    short = sum(one.units_fen - one.frozen_fen - one.owed_fen + changes[one.pk] < 0 for one in free)
    more = sum(change for change in changes.values() if change > 0)
    less = -sum(change for change in changes.values() if change < 0)
    return Preview((last - day).days + 1, len(changes), more, less, short)


def changed(rows: dict[date, Standing], rates: dict[date, int], *, monthly: bool) -> int:
    """Fen that a holding's days from the revised one on come to more than they came to: each change earns too."""
    change = earning = 0
    residual = next(iter(rows.values()))[3]
    for day, rate in sorted(rates.items()):
        if not monthly or day.day == 1:
            earning = change
        row = rows.get(day)
        units = max((row[2] if row else 0) + earning, 0)
        if units:
            booked = income(units_fen=units, rate_e4=rate, residual_e8=residual)
            residual = booked.residual_e8
            change += booked.income_fen
        change -= row[4] if row else 0
    return change
