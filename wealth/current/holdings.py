"""What customers have of money funds, now and at the end of every business day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from core.clock.queries import local_day
from core.ids import shard_of
from wealth.catalog.sockets import Held
from wealth.current import queries
from wealth.current.income import part_of
from wealth.current.models import CurrentHolding

KIND = "current"
DAY = """
WITH booked AS (
    SELECT i.holding_id, coalesce(sum(i.income_fen) FILTER (WHERE r.booked_on > %(day)s), 0) AS after_fen,
        coalesce(sum(i.income_fen) FILTER (WHERE r.booked_on = %(day)s), 0) AS income_fen
    FROM wealth_currentrun r JOIN wealth_currentincome i ON i.run_id = r.id
    WHERE r.booked_on >= %(day)s AND r.part BETWEEN %(low)s::integer / 4 AND (%(high)s::integer - 1) / 4
        AND i.shard >= %(low)s AND i.shard < %(high)s
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
"""What a holding has, less what came after the day."""


class CurrentHoldings:
    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        rows = list(queries.own(customer_id).order_by("created_at", "id"))
        yesterday = local_day(at) - timedelta(days=1)
        books = queries.parts([row.product_id for row in rows]).filter(part=part_of(shard_of(customer_id)))
        behind = {book.product_id for book in books if book.booked_through < yesterday}
        return [held(row, yesterday, behind) for row in rows]

    def day_sql(self) -> str:
        return DAY


def held(row: CurrentHolding, yesterday: date, behind: Collection[UUID]) -> Held:
    """`behind`: products whose income of yesterday is not booked, so that of a holding with units is not known."""
    total, last = row.total_fen, row.last_fen  # type: ignore[attr-defined]
    known = row.product_id not in behind or row.units_fen == 0
    return Held(
        kind=KIND,
        product_id=row.product_id,
        version_id=row.product.current_id,
        holding=row.public_id,
        value_fen=row.units_fen - row.owed_fen,
        cost_fen=row.units_fen - row.owed_fen - total,
        accrued_fen=0,
        income_fen=total,
        yesterday_fen=(last if row.booked_through == yesterday else 0) if known else None,
        available_fen=max(row.free_fen - row.owed_fen, 0),
        matures_on=None,
    )
