"""What `ledger_check` proves of money funds: every fraction of a fen is carried on, days and their control entries agree, frozen units are
what redemptions set aside, units are customers' money at the product, and nobody is behind their part."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.catalog.states import Carry
from wealth.current import journals, statements
from wealth.current.income import run, scope
from wealth.current.models import CurrentBook, CurrentHolding, CurrentRun

CARRIED = """
WITH days AS (
    SELECT i.holding_id, i.day, i.carried_e8, i.residual_e8, i.units_fen * i.rate_e4 + i.carried_e8 - i.income_fen * 100000000 AS exact_e8,
        lag(i.residual_e8) OVER w AS before_e8, lead(i.day) OVER w IS NULL AS newest
    FROM wealth_currentincome i JOIN wealth_currentrun r ON r.id = i.run_id WHERE r.id >= %(first)s
    WINDOW w AS (PARTITION BY i.holding_id ORDER BY i.run_id)
)
SELECT d.holding_id, d.day, d.carried_e8, d.residual_e8, d.before_e8, h.residual_e8 FROM days d
LEFT JOIN wealth_currentholding h ON h.id = d.holding_id
WHERE d.exact_e8 <> d.residual_e8 OR d.carried_e8 <> coalesce(d.before_e8, CASE WHEN %(full)s THEN 0 ELSE d.carried_e8 END)
    OR (d.newest AND d.residual_e8 IS DISTINCT FROM h.residual_e8)
ORDER BY d.holding_id, d.day LIMIT %(shown)s
"""
TOTALS = """
SELECT r.id, r.holdings, r.units_fen, r.income_fen, s.holdings, s.units_fen, s.income_fen FROM wealth_currentrun r CROSS JOIN LATERAL (
    SELECT count(*) AS holdings, coalesce(sum(units_fen), 0) AS units_fen, coalesce(sum(income_fen), 0) AS income_fen
    FROM wealth_currentincome WHERE run_id = r.id
) s WHERE r.id >= %(first)s AND (r.holdings, r.units_fen, r.income_fen) <> (s.holdings, s.units_fen, s.income_fen)
ORDER BY r.id LIMIT %(shown)s
"""
FROZEN = """
SELECT h.id, h.units_fen, h.frozen_fen, coalesce(f.units_fen, 0) FROM wealth_currentholding h FULL JOIN (
    SELECT holding_id, sum(units_fen) AS units_fen FROM wealth_currentfreeze WHERE state = 'frozen' GROUP BY holding_id
) f ON f.holding_id = h.id
WHERE coalesce(h.frozen_fen, 0) <> coalesce(f.units_fen, 0) OR h.frozen_fen > h.units_fen ORDER BY h.id LIMIT %(shown)s
"""
UNITS = """
SELECT h.id, h.units_fen - h.owed_fen, coalesce(m.units_fen, 0) + coalesce(i.income_fen, 0) FROM wealth_currentholding h
LEFT JOIN (SELECT holding_id, sum(units_fen) AS units_fen FROM wealth_currentmove GROUP BY holding_id) m ON m.holding_id = h.id
LEFT JOIN (SELECT holding_id, sum(income_fen) AS income_fen FROM wealth_currentincome GROUP BY holding_id) i ON i.holding_id = h.id
WHERE h.units_fen - h.owed_fen <> coalesce(m.units_fen, 0) + coalesce(i.income_fen, 0) ORDER BY h.id LIMIT %(shown)s
"""
CONTROL = "SELECT product_id, sum(units_fen - owed_fen)::bigint FROM wealth_currentholding GROUP BY product_id ORDER BY product_id"
GAPS = """
SELECT b.product_id, b.part, count(DISTINCT r.day), max(r.day) - min(r.day) + 1, max(r.day), b.booked_through FROM wealth_currentbook b
JOIN wealth_currentrun r ON r.product_id = b.product_id AND r.part = b.part AND NOT r.reversal
GROUP BY b.product_id, b.part, b.booked_through
HAVING count(DISTINCT r.day) <> max(r.day) - min(r.day) + 1 OR max(r.day) <> b.booked_through ORDER BY 1, 2 LIMIT %(shown)s
"""
BEHIND = f"""
WITH {statements.LATER} SELECT h.id, h.booked_through FROM {statements.FROM_HOLDINGS}{{month}}
WHERE {statements.MINE} AND (h.booked_through IS NULL OR h.booked_through < %(day)s) AND {statements.UNITS} > 0 ORDER BY h.id LIMIT %(shown)s
"""


class Current:
    """What is read daily is bounded by what earlier proofs covered; each holding's units against all its moves and days by the weekly
    proof of everything."""

    name = "current"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        found = chain(carried(since), totals(since), entries(since), frozen(), units(since), control(), gaps(), behind())
        return list(islice(found, SHOWN))


def carried(since: date | None) -> Iterator[Finding]:
    values = {"first": first_after(since), "full": since is None, "shown": SHOWN}
    for holding_id, day, began, ended, before, now in run(CARRIED, values):
        told = f"{day}: carried {began} to {ended}, the day before left {before}, the holding has {now} (10^-8 fen)"
        yield Finding("current.identity", public_id(CurrentHolding.PREFIX, holding_id), told)


def totals(since: date | None) -> Iterator[Finding]:
    for run_id, *sums in run(TOTALS, {"first": first_after(since), "shown": SHOWN}):
        told = f"says {sums[0]} holdings, {sums[1]} units, {sums[2]} fen; its days say {sums[3]}, {sums[4]}, {sums[5]}"
        yield Finding("current.run", public_id(CurrentRun.PREFIX, run_id), told)


def entries(since: date | None) -> Iterator[Finding]:
    """Runs whose control entry is of another amount."""
    rows = CurrentRun.objects.filter(pk__gte=first_after(since), journal_id__isnull=False).order_by("pk").iterator(chunk_size=1000)
    while some := list(islice(rows, 1000)):
        posted = {one.pk: amounts(one) for one in ledger.journals().filter(pk__in=[row.journal_id for row in some])}
        for row in some:
            key = accounts.holdings(row.product_id).id
            said = posted.get(row.journal_id, {}).get(key)
            if said is not None and said != row.income_fen:
                yield Finding("current.entry", row.public_id, f"booked {row.income_fen} fen, its control entry says {said}")


def amounts(journal: Any) -> dict[Any, int]:
    return dict(zip(journal.accounts, journal.amounts, strict=True))


def frozen() -> Iterator[Finding]:
    for holding_id, units_fen, frozen_fen, asked in run(FROZEN, {"shown": SHOWN}):
        told = f"{units_fen} units, {frozen_fen} frozen, redemptions froze {asked}"
        yield Finding("current.frozen", "-" if holding_id is None else public_id(CurrentHolding.PREFIX, holding_id), told)


def units(since: date | None) -> Iterator[Finding]:
    for holding_id, has, should in run(UNITS, {"shown": SHOWN}) if since is None else ():
        told = f"has {has} units, its moves and days come to {should}"
        yield Finding("current.units", public_id(CurrentHolding.PREFIX, holding_id), told)


def control() -> Iterator[Finding]:
    for product_id, units_fen in run(CONTROL, {}):
        account = accounts.holdings(product_id)
        posted = ledger.balance(account).posted
        if posted != units_fen:
            yield Finding("current.control", public_id("prd", product_id), f"holdings have {units_fen} units, {account.name} {posted} fen")


def gaps() -> Iterator[Finding]:
    for product_id, part, booked, spanned, last, through in run(GAPS, {"shown": SHOWN}):
        told = f"part {part} booked {booked} of {spanned} days to {last}, and says {through}"
        yield Finding("current.gap", public_id("prd", product_id), told)


def behind() -> Iterator[Finding]:
    """Holdings with units on the last booked day of their part, and no income of it."""
    monthly = {row.pk: row.current is not None and row.current.carry == Carry.MONTHLY for row in products()}
    for book in CurrentBook.objects.order_by("product_id", "part"):
        month, waiting = (statements.MONTH_SO_FAR, statements.WAITING) if monthly[book.product_id] else ("", "")
        statement = BEHIND.replace("{waiting}", waiting).replace("{month}", month)
        for holding_id, last in run(statement, scope(book, book.booked_through, None) | {"shown": SHOWN}):
            told = f"booked through {last}, its part through {book.booked_through}"
            yield Finding("current.behind", public_id(CurrentHolding.PREFIX, holding_id), told)


def products() -> Iterator[Any]:
    ids = CurrentBook.objects.order_by().values_list("product_id", flat=True).distinct()
    return iter(catalog.Product.objects.filter(pk__in=list(ids)).select_related("current"))


CHECKS.plug("wealth.current", Current())
CHECKS.plug("wealth.current_runs", Booked("current_run", Named(CurrentRun, CurrentRun.PREFIX, "journal_id", [journals.INCOME])))
