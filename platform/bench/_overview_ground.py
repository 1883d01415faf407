"""Customers who hold money funds and fixed-term lots, a month of kept days behind them, for the benchmark of reading a portfolio."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.identity.models import Customer
from accounts.ledger import services as ledger
from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import local_day, start_of_day
from core.ids import new_id, shard_of
from payments.wallet import journals
from tests.factories import customer, login
from tests.wealth.catalog.products import on_sale
from tests.wealth.fixed_term.world import deposits
from wealth.catalog.models import Product
from wealth.current.models import PARTS, CurrentBook, CurrentHolding
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services.lots import drafted
from wealth.fixed_term.states import Origin
from wealth.portfolio.models import NO_PRODUCT, PortfolioBook

FUNDS, TERMS, LOTS = 15, 5, 15
DAYS, MONEY = 30, 1_234_567
DAY = timedelta(days=1)
INCOME = """
INSERT INTO wealth_currentincome
    (holding_id, day, booking, reversal, shard, run_id, units_fen, rate_e4, carried_e8, income_fen, residual_e8)
SELECT h.id, d::date, 0, false, h.shard, %(run)s, 1000000, 5000, 0, 50, 0
FROM wealth_currentholding h, generate_series(%(first)s::date, %(last)s::date, '1 day') AS d
"""
KEPT = """
INSERT INTO wealth_portfolioday (customer_id, day, kind, product_id, shard, value_fen, paid_in_fen, paid_out_fen, income_fen)
SELECT c.customer_id, d::date, c.kind, c.product_id, c.shard, c.fen + 50 * (d::date - %(first)s::date),
    CASE WHEN d::date = %(first)s::date THEN c.fen ELSE 0 END, 0, CASE WHEN d::date = %(first)s::date THEN 0 ELSE c.earns END
FROM (
    SELECT customer_id, 'current' AS kind, product_id, shard, 1000000 AS fen, 50 AS earns FROM wealth_currentholding
    UNION ALL SELECT DISTINCT customer_id, 'fixed_term', product_id, shard, 1000000, 50 FROM wealth_fixedholding
    UNION ALL SELECT DISTINCT customer_id, 'wallet', %(none)s::uuid, shard, 1000000, 0 FROM wealth_currentholding
) c, generate_series(%(first)s::date, %(last)s::date, '1 day') AS d
"""


@dataclass(frozen=True)
class Reader:
    """Whose portfolio is read, and their access token."""

    customer: Customer
    token: str


def ground(people: int) -> Reader:
    """As many who hold 30 each; the one in the middle is read."""
    at = clock.now()
    business_day.open_first_day(at=at)
    last = local_day(at) - DAY
    first = last - (DAYS - 1) * DAY
    funds, terms = [on_sale() for _ in range(FUNDS)], [deposits(term_days=90) for _ in range(TERMS)]
    who = customer(verified_class=2)
    legs = journals.top_up(channel="bench", customer_id=who.pk, amount_fen=MONEY)
    ledger.post(journal_id=new_id(), event=journals.TOP_UP, legs=legs, at=at)
    others = [new_id() for _ in range(people - 1)]
    for owner in [*others[: people // 2], who.pk, *others[people // 2 :]]:
        hold(owner, funds, terms, first, at)
    CurrentBook.objects.bulk_create(CurrentBook(product=fund, part=part, booked_through=last) for fund in funds for part in range(PARTS))
    PortfolioBook.objects.bulk_create(PortfolioBook(part=part, begun_on=first, kept_through=last) for part in range(PARTS))
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"first": first, "last": last, "run": new_id(), "none": NO_PRODUCT}
        cursor.execute(INCOME, values)
        cursor.execute(KEPT, values)
        cursor.execute("VACUUM ANALYZE")
    return Reader(who, login(who))


def hold(owner: UUID, funds: list[Product], terms: list[Product], first: date, at: datetime) -> None:
    """A holding of each fund, and lots of the terms in turn, begun on days that follow each other."""
    shard, since = shard_of(owner), start_of_day(first)
    CurrentHolding.objects.bulk_create(
        CurrentHolding(
            customer_id=owner, product=fund, shard=shard, units_fen=1_000_000 + place, booked_through=local_day(at) - DAY, earned=True,
            created_at=since + place * DAY,
        )
        for place, fund in enumerate(funds)
    )  # fmt: skip
    lots = []
    for place in range(LOTS):
        version = terms[place % len(terms)].current
        assert version is not None
        starts, origin = first + place * DAY, {"origin": Origin.ORDER, "order_id": new_id()}
        facts: dict[str, Any] = {"customer_id": owner, "version": version, "principal_fen": 100_000 * (place + 1), "at": at, **origin}
        lots.append(drafted(starts_on=starts, instruction="pay_out", **facts))
    FixedHolding.objects.bulk_create(lots)
