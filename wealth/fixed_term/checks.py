"""What `ledger_check` proves of fixed terms: the principal of lots is customers' money at the product, lots are what moved them, set-aside
parts are those of redemptions, promised interest is the formula's, and nobody is past their day behind the closed one."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

from django.db import connection

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.business_day import queries as business_days
from core.business_day.queries import BeyondCalendar
from core.ids import public_id
from wealth.catalog import accounts
from wealth.current import queries as current
from wealth.fixed_term import journals, queries, terms
from wealth.fixed_term.models import FixedHolding, FixedRun
from wealth.fixed_term.states import OPEN
from wealth.rules.fixed import at_end_fen

DAY = timedelta(days=1)
CONTROL = "SELECT product_id, sum(principal_fen)::bigint FROM wealth_fixedholding GROUP BY product_id ORDER BY product_id"
MOVED = """
SELECT h.id, h.principal_fen, h.earned_fen, coalesce(m.principal_fen, 0), coalesce(m.interest_fen, 0) FROM wealth_fixedholding h
LEFT JOIN (
    SELECT holding_id, sum(principal_fen) AS principal_fen, sum(interest_fen) AS interest_fen FROM wealth_fixedmove GROUP BY holding_id
) m ON m.holding_id = h.id
WHERE h.id >= %(first)s AND (h.principal_fen, h.earned_fen) <> (coalesce(m.principal_fen, 0), coalesce(m.interest_fen, 0))
ORDER BY h.id LIMIT %(shown)s
"""
FROZEN = """
SELECT h.id, h.principal_fen, h.frozen_fen, coalesce(f.principal_fen, 0) FROM wealth_fixedholding h FULL JOIN (
    SELECT holding_id, sum(principal_fen) AS principal_fen FROM wealth_fixedpart WHERE state = 'frozen' GROUP BY holding_id
) f ON f.holding_id = h.id
WHERE coalesce(h.frozen_fen, 0) <> coalesce(f.principal_fen, 0) OR h.frozen_fen > h.principal_fen ORDER BY h.id LIMIT %(shown)s
"""


HANDED = """
SELECT journal_id, sum(principal_fen)::bigint FROM wealth_fixedmove WHERE kind IN ('sell', 'receive') AND id >= %(first)s
GROUP BY journal_id HAVING sum(principal_fen) <> 0 ORDER BY journal_id LIMIT %(shown)s
"""


class FixedTerms:
    """What is read daily is bounded by open lots and by what earlier proofs covered."""

    name = "fixed_term"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        return list(islice(chain(control(), moved(since), frozen(), handed(since), promised(since), behind()), SHOWN))


def control() -> Iterator[Finding]:
    for product_id, principal_fen in run(CONTROL, {}):
        posted = ledger.balance(accounts.holdings(product_id)).posted
        if posted != principal_fen:
            yield Finding(
                "fixed_term.control", public_id("prd", product_id), f"lots have {principal_fen} fen, product:holdings {posted} fen"
            )


def moved(since: date | None) -> Iterator[Finding]:
    for holding_id, *sums in run(MOVED, {"first": first_after(since), "shown": SHOWN}):
        told = f"has {sums[0]} fen and earned {sums[1]}; its moves come to {sums[2]} and {sums[3]}"
        yield Finding("fixed_term.moved", public_id(FixedHolding.PREFIX, holding_id), told)


def frozen() -> Iterator[Finding]:
    for holding_id, principal_fen, frozen_fen, asked in run(FROZEN, {"shown": SHOWN}):
        told = f"{principal_fen} fen, {frozen_fen} set aside, redemptions set aside {asked}"
        yield Finding("fixed_term.frozen", "-" if holding_id is None else public_id(FixedHolding.PREFIX, holding_id), told)


def handed(since: date | None) -> Iterator[Finding]:
    """What one customer sold is what another received."""
    for journal_id, principal_fen in run(HANDED, {"first": first_after(since), "shown": SHOWN}):
        yield Finding("fixed_term.handed", public_id("jrn", journal_id), f"{principal_fen} fen of principal came or went by a transfer")


def promised(since: date | None) -> Iterator[Finding]:
    """The interest of each new open lot against the formula."""
    for lot in FixedHolding.objects.filter(pk__gte=first_after(since), state__in=OPEN).order_by("pk").iterator(chunk_size=1000):
        exact = at_end_fen(terms.promised(lot), lot.principal_fen)
        if lot.interest_fen != exact:
            yield Finding("fixed_term.interest", lot.public_id, f"is to earn {lot.interest_fen} fen; its terms come to {exact}")


def behind() -> Iterator[Finding]:
    """Closed days have paid what matured by the last trading day among them."""
    try:
        through = business_days.previous_trading_day(current.bookable_through() + DAY)
    except BeyondCalendar:
        return
    for lot in queries.late(through).filter(frozen_fen=0).order_by("pk")[:SHOWN]:
        yield Finding("fixed_term.behind", lot.public_id, f"is {lot.state}, its day was {lot.matures_on}, and {through} is closed")


def run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


CHECKS.plug("wealth.fixed_term", FixedTerms())
CHECKS.plug(
    "wealth.fixed_term_booked",
    Booked(
        "fixed_term",
        Named(FixedHolding, FixedHolding.PREFIX, "pay_journal_id", (journals.MATURITY_PAID,)),
        Named(FixedRun, FixedRun.PREFIX, "pay_journal_id", (journals.MATURED,)),
        Named(FixedRun, FixedRun.PREFIX, "roll_journal_id", (journals.ROLLED,)),
    ),
)
