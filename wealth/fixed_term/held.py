"""What customers have in fixed terms, for everybody above (plugged into wealth.catalog)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Count, F, Sum

from core.clock.queries import local_day
from wealth.catalog.queries import ProductVersion
from wealth.catalog.sockets import Due, Held
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.states import ENDED, OPEN
from wealth.fixed_term.worth import Rhythms, accrued, worth

KIND = "fixed_term"
DAY = """
WITH lots AS (
    SELECT m.holding_id, m.customer_id, m.shard, m.product_id,
        sum(m.principal_fen)::bigint AS principal_fen,
        coalesce(sum(m.principal_fen) FILTER (WHERE m.day < %(day)s), 0)::bigint AS before_fen,
        coalesce(sum(m.cash_fen) FILTER (WHERE m.day = %(day)s AND m.cash_fen > 0), 0)::bigint AS paid_in_fen,
        coalesce(-sum(m.cash_fen) FILTER (WHERE m.day = %(day)s AND m.cash_fen < 0), 0)::bigint AS paid_out_fen
    FROM wealth_fixedmove m WHERE m.shard >= %(low)s AND m.shard < %(high)s AND m.day <= %(day)s
    GROUP BY m.holding_id, m.customer_id, m.shard, m.product_id
    HAVING sum(m.principal_fen) > 0 OR bool_or(m.day = %(day)s)
), valued AS (
    SELECT l.*, l.principal_fen + fixed_term_accrued(l.principal_fen, h.rate_bp, h.day_count, h.starts_on,
            least(%(day)s::date, h.ends_on), h.compounding_months) AS value_fen,
        l.before_fen + fixed_term_accrued(l.before_fen, h.rate_bp, h.day_count, h.starts_on,
            least(%(day)s::date - 1, h.ends_on), h.compounding_months) AS was_fen
    FROM lots l JOIN wealth_fixedholding h ON h.id = l.holding_id AND h.shard = l.shard
)
SELECT customer_id, shard, product_id, sum(value_fen)::bigint AS value_fen, sum(paid_in_fen)::bigint AS paid_in_fen,
    sum(paid_out_fen)::bigint AS paid_out_fen, sum(value_fen - was_fen - paid_in_fen + paid_out_fen)::bigint AS income_fen
FROM valued GROUP BY customer_id, shard, product_id
"""


MINE = """
SELECT l.*, v.terms AS said, p.current_id, c.exchange, c.cut_off, c.confirm_days, c.redeem_days
FROM wealth_fixedholding l JOIN wealth_productversion v ON v.id = l.version_id
JOIN wealth_product p ON p.id = l.product_id LEFT JOIN wealth_productversion c ON c.id = p.current_id
WHERE l.customer_id = %(customer)s AND l.state = ANY(%(open)s) ORDER BY l.matures_on, l.id
"""
"""Lots with what of versions their worth is worked out by: an ORM's rows of products and versions beside each cost more than all else."""
OVER = """
SELECT product_id, sum(earned_fen - premium_fen)::bigint FROM wealth_fixedholding
WHERE customer_id = %(customer)s AND state = ANY(%(ended)s) GROUP BY product_id ORDER BY product_id
"""
SAID = ("id", "terms")


class FixedTermHoldings:
    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        return [*lines(customer_id, at), *over(customer_id)]

    def day_sql(self) -> str:
        return DAY


class FallingDue:
    def ahead(self, *, since: date, through: date) -> Sequence[Due]:
        """Principal and interest, by the day they are paid on."""
        rows = FixedHolding.objects.filter(state__in=OPEN, matures_on__gte=since, matures_on__lte=through).order_by()
        sums = rows.values_list("matures_on", "product_id").annotate(number=Count("pk"), fen=Sum(F("principal_fen") + F("interest_fen")))
        return [Due(day, product_id, number, int(fen)) for day, product_id, number, fen in sums.order_by("matures_on", "product_id")]


def lines(customer_id: UUID, at: datetime) -> Iterator[Held]:
    """A line for each lot."""
    today, rhythms = local_day(at), Rhythms(at)
    found: Iterable[Any] = FixedHolding.objects.raw(MINE, {"customer": customer_id, "open": [state.value for state in OPEN]})
    said: dict[UUID, ProductVersion] = {}
    for lot in found:
        if lot.version_id not in said:
            said[lot.version_id] = ProductVersion.from_db("default", SAID, (lot.version_id, orjson.loads(lot.said)))
        lot.version = said[lot.version_id]
        now = worth(lot, at, rhythms.dates(lot if lot.current_id else None))
        yield Held(
            kind=KIND,
            product_id=lot.product_id,
            version_id=lot.version_id,
            holding=lot.public_id,
            value_fen=lot.principal_fen + now.accrued_fen,
            cost_fen=lot.principal_fen + lot.premium_fen,
            accrued_fen=now.accrued_fen,
            income_fen=lot.earned_fen + now.accrued_fen - lot.premium_fen,
            yesterday_fen=now.accrued_fen - accrued(lot, today - timedelta(days=1)),
            available_fen=now.now_fen or 0,
            matures_on=lot.matures_on,
        )


def over(customer_id: UUID) -> Iterator[Held]:
    """A line for each product with lots that are over: what they earned."""
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"customer": customer_id, "ended": [state.value for state in ENDED]})
        for product_id, earned_fen in cursor.fetchall():
            yield Held(KIND, product_id, None, "", 0, 0, 0, earned_fen, 0, 0, None)
