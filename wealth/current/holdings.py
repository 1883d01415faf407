"""What customers have of money funds, now and at the end of every business day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from core.clock.queries import local_day
from core.ids import public_id, shard_of
from wealth.catalog.sockets import Held
from wealth.current.income import part_of
from wealth.current.models import CurrentHolding

KIND = "current"
DAY = """
WITH runs AS MATERIALIZED (
    SELECT id, booked_on FROM wealth_currentrun
    WHERE booked_on >= %(day)s AND part BETWEEN %(low)s::integer / 4 AND (%(high)s::integer - 1) / 4
), booked AS (
    SELECT i.holding_id, coalesce(sum(i.income_fen) FILTER (WHERE r.booked_on > %(day)s), 0) AS after_fen,
        coalesce(sum(i.income_fen) FILTER (WHERE r.booked_on = %(day)s), 0) AS income_fen
    FROM wealth_currentincome i JOIN runs r ON r.id = i.run_id
    WHERE i.run_id = ANY(ARRAY(SELECT id FROM runs)) AND i.shard >= %(low)s AND i.shard < %(high)s
    GROUP BY i.holding_id
), moved AS (
    SELECT holding_id, coalesce(sum(units_fen) FILTER (WHERE booked_on > %(day)s), 0) AS after_fen,
        coalesce(sum(units_fen) FILTER (WHERE booked_on = %(day)s AND units_fen > 0), 0) AS in_fen,
        coalesce(-sum(units_fen) FILTER (WHERE booked_on = %(day)s AND units_fen < 0), 0) AS out_fen
    FROM wealth_currentmove WHERE booked_on >= %(day)s AND shard >= %(low)s AND shard < %(high)s GROUP BY holding_id
)
SELECT h.customer_id, h.shard, h.product_id,
    (h.units_fen - h.owed_fen - coalesce(m.after_fen, 0) - coalesce(b.after_fen, 0))::bigint AS value_fen,
    coalesce(m.in_fen, 0)::bigint AS paid_in_fen, coalesce(m.out_fen, 0)::bigint AS paid_out_fen,
    coalesce(b.income_fen, 0)::bigint AS income_fen
FROM (SELECT DISTINCT product_id FROM wealth_currentbook) p
JOIN wealth_currentholding h ON h.product_id = p.product_id AND h.shard >= %(low)s AND h.shard < %(high)s
LEFT JOIN booked b ON b.holding_id = h.id LEFT JOIN moved m ON m.holding_id = h.id
"""
"""What a holding has, less what came after the day. Runs as one array: income of several parts lies in the same pages, read once so."""


HELD = """
SELECT h.id, h.product_id, p.current_id, h.units_fen, h.owed_fen, h.units_fen - h.frozen_fen, h.booked_through, b.booked_through,
    coalesce(i.total_fen, 0)::bigint, coalesce(i.last_fen, 0)::bigint
FROM wealth_currentholding h JOIN wealth_product p ON p.id = h.product_id
LEFT JOIN wealth_currentbook b ON b.product_id = h.product_id AND b.part = %(part)s
LEFT JOIN LATERAL (
    SELECT sum(i.income_fen) AS total_fen, sum(i.income_fen) FILTER (WHERE i.day = h.booked_through) AS last_fen
    FROM wealth_currentincome i WHERE i.holding_id = h.id
) i ON true
WHERE h.customer_id = %(customer)s ORDER BY h.created_at, h.id
"""


class CurrentHoldings:
    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        """One query."""
        yesterday = local_day(at) - timedelta(days=1)
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"customer": customer_id, "part": part_of(shard_of(customer_id))})
            return [held(*row, yesterday=yesterday) for row in cursor.fetchall()]

    def day_sql(self) -> str:
        return DAY


def held(
    holding_id: UUID,
    product_id: UUID,
    version_id: UUID,
    units_fen: int,
    owed_fen: int,
    free_fen: int,
    earned_through: date | None,
    booked_through: date | None,
    total_fen: int,
    last_fen: int,
    *,
    yesterday: date,
) -> Held:
    """A row of HELD. Where the income of yesterday is not booked, that of a holding with units is not known."""
    known = booked_through is None or booked_through >= yesterday or units_fen == 0
    return Held(
        kind=KIND,
        product_id=product_id,
        version_id=version_id,
        holding=public_id(CurrentHolding.PREFIX, holding_id),
        value_fen=units_fen - owed_fen,
        cost_fen=units_fen - owed_fen - total_fen,
        accrued_fen=0,
        income_fen=total_fen,
        yesterday_fen=(last_fen if earned_through == yesterday else 0) if known else None,
        available_fen=max(free_fen - owed_fen, 0),
        matures_on=None,
    )
