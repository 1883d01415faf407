"""What `ledger_check` proves of the days that are kept: customers' days are their totals, totals are what products hold (with what is
earned and not booked yet, where a kind counts that), each day follows from the one before, and nobody's last day is missing or another.

Days that a kind has told to be known differently, and that are not kept anew yet, are left out until they are.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db.models import Sum

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from wealth.catalog import accounts
from wealth.catalog.states import Kind
from wealth.portfolio import queries, statements
from wealth.portfolio.models import NO_PRODUCT, PARTS
from wealth.portfolio.queries import Kept
from wealth.portfolio.services.keeping import DAY, WIDTH, run

SUMS = """
SELECT t.day, t.part, t.kind, t.value_fen, coalesce(d.value_fen, 0) FROM wealth_portfoliototal t LEFT JOIN (
    SELECT day, shard / %(width)s AS part, kind, product_id, count(*) AS customers, sum(value_fen) AS value_fen,
        sum(paid_in_fen) AS paid_in_fen, sum(paid_out_fen) AS paid_out_fen, sum(income_fen) AS income_fen
    FROM wealth_portfolioday WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3, 4
) d ON (d.day, d.part, d.kind, d.product_id) = (t.day, t.part, t.kind, t.product_id)
WHERE t.day BETWEEN %(first)s AND %(last)s
    AND (t.customers, t.value_fen, t.paid_in_fen, t.paid_out_fen, t.income_fen) <> (coalesce(d.customers, 0), coalesce(d.value_fen, 0),
        coalesce(d.paid_in_fen, 0), coalesce(d.paid_out_fen, 0), coalesce(d.income_fen, 0))
ORDER BY t.day, t.part LIMIT %(shown)s
"""
FOLLOWS = """
SELECT coalesce(d.customer_id, b.customer_id), %(day)s::date, coalesce(d.kind, b.kind), coalesce(b.value_fen, 0), coalesce(d.value_fen, 0)
FROM (SELECT * FROM wealth_portfolioday WHERE day = %(day)s) d
FULL JOIN (SELECT * FROM wealth_portfolioday WHERE day = %(day)s::date - 1) b
    ON (b.customer_id, b.kind, b.product_id) = (d.customer_id, d.kind, d.product_id)
WHERE coalesce(b.value_fen, 0) + coalesce(d.paid_in_fen, 0) - coalesce(d.paid_out_fen, 0) + coalesce(d.income_fen, 0)
    <> coalesce(d.value_fen, 0) AND coalesce(d.kind, b.kind) <> ALL (%(estimated)s)
ORDER BY 1 LIMIT %(shown)s
"""


ACCRUING = (Kind.FIXED_TERM,)
"""Kinds whose values hold what no journal has booked yet."""
ESTIMATED = [Kind.INSURANCE.value]
"""Kinds whose values no journal moves: what giving them up would give. They are no books, and nothing halts for them."""


class Portfolios:
    name = "portfolio"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        kept = queries.kept_by_all()
        if kept is None or queries.changing():
            return []
        first = kept.first if since is None else max(kept.first, min(since, kept.last))
        looked_at = Kept(first, kept.last)
        found = chain(summed(looked_at), held(looked_at), follows(looked_at, kept.first), newest(kept.last))
        return list(islice(found, SHOWN))


def summed(kept: Kept) -> Iterator[Finding]:
    for day, part, kind, says, comes_to in run(SUMS, {"first": kept.first, "last": kept.last, "width": WIDTH, "shown": SHOWN}):
        yield Finding("portfolio.total", f"{day} {kind}", f"part {part} says {says} fen, its customers have {comes_to}")


def held(kept: Kept) -> Iterator[Finding]:
    """Products whose holders are said to have other than the control account says of that day."""
    rows = queries.totals(since=kept.first, through=kept.last).exclude(product_id=NO_PRODUCT).exclude(kind__in=ESTIMATED)
    sums = rows.order_by().values_list("day", "kind", "product_id").annotate(fen=Sum("value_fen")).order_by("day", "product_id")
    opened = set(ledger.balances_of(accounts.holdings(product_id) for product_id in {row[2] for row in sums}))
    for day, kind, product_id, fen in sums:
        account = accounts.holdings(product_id)
        if account.id in opened:
            posted = ledger.balance(account, as_of=day).posted
            if fen < posted if kind in ACCRUING else fen != posted:
                yield Finding("portfolio.held", public_id("prd", product_id), f"{day}: customers have {fen} fen, {account.name} {posted}")


def follows(kept: Kept, begun: date) -> Iterator[Finding]:
    """The first kept day follows from none."""
    day = max(kept.first, begun + DAY)
    while day <= kept.last:
        for customer_id, on, kind, before, after in run(FOLLOWS, {"day": day, "shown": SHOWN, "estimated": ESTIMATED}):
            told = f"{on} {kind}: {before} fen before, {after} after, and what moved says otherwise"
            yield Finding("portfolio.follows", public_id("cus", customer_id), told)
        day += DAY


def newest(day: date) -> Iterator[Finding]:
    """Who has other on the last day than what the sources say, or is missing."""
    statement = statements.differs()
    for part in range(PARTS):
        scope = {"day": day, "low": part * WIDTH, "high": (part + 1) * WIDTH}
        values: dict[str, Any] = scope | {"shown": SHOWN, "estimated": ESTIMATED}
        for customer_id, kind, should, has in run(statement, values):
            yield Finding("portfolio.behind", public_id("cus", customer_id), f"{day} {kind}: {has} fen are kept, it had {should}")


CHECKS.plug("wealth.portfolio", Portfolios())
