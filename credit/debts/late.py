"""What a day makes of debts that are late: their penalties, and the lines that lend nothing more. One statement for a part of the
customers, a function of rows and day: done twice, it writes nothing."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection

from core.arrays import array, id_array
from credit.debts import queries
from credit.debts.models import Draw, Instalment
from credit.engine.accrue import PenaltyBase
from credit.lines.services import overdue
from credit.products import terms as terms_of
from credit.products.queries import CreditProductVersion

SHARDS, PARTS = 64, 16
WIDTH = SHARDS // PARTS
GROW = """
UPDATE credit_instalment i SET penalty_fen = g.penalty_fen, changed_at = %(at)s
FROM (
    SELECT i.id, least(
        i.penalty_kept_fen + round(b.fen::numeric * t.daily_ppm
            * greatest(%(day)s::date - coalesce(i.penalty_since, i.late_from), 0) / 1000000),
        coalesce(i.penalty_most_fen, round(b.fen::numeric * t.cap_ppm / 1000000)))::bigint AS penalty_fen
    FROM credit_instalment i JOIN credit_draw d ON d.id = i.draw_id
    JOIN unnest(%(versions)s::uuid[], %(daily)s::integer[], %(caps)s::integer[], %(bare)s::integer[])
        AS t (version_id, daily_ppm, cap_ppm, bare) ON t.version_id = d.version_id
    CROSS JOIN LATERAL (
        SELECT i.principal_fen - i.paid_principal_fen
            + CASE t.bare WHEN 1 THEN 0 ELSE i.interest_fen - i.paid_interest_fen + i.fee_fen - i.paid_fee_fen END AS fen
    ) b
    WHERE i.state = 'open' AND i.late_from < %(day)s AND i.shard >= %(low)s AND i.shard < %(high)s
) g
WHERE i.id = g.id AND i.penalty_fen < g.penalty_fen
"""


def busy(*, day: date, parts: Collection[int]) -> set[int]:
    """The parts with anything late by the end of `day`."""
    low, high = min(parts) * WIDTH, (max(parts) + 1) * WIDTH
    late = Instalment.objects.filter(queries.unpaid(), late_from__lt=day, shard__gte=low, shard__lt=high)
    return {shard // WIDTH for shard in late.order_by().values_list("shard", flat=True).distinct()} & set(parts)


def grow(*, day: date, part: int, at: datetime) -> int:
    """Penalties of a part of the customers as they are at the end of `day`. Returns how many changed."""
    low, high = part * WIDTH, (part + 1) * WIDTH
    late = Instalment.objects.filter(state="open", late_from__lt=day, shard__gte=low, shard__lt=high)
    drawn_under = Draw.objects.filter(pk__in=late.values("draw_id")).order_by().values("version_id").distinct()
    versions = list(CreditProductVersion.objects.filter(pk__in=drawn_under))
    said = [terms_of.of(version).penalty for version in versions]
    with connection.cursor() as cursor:
        cursor.execute(
            GROW,
            {
                "day": day,
                "at": at,
                "low": low,
                "high": high,
                "versions": id_array(version.pk for version in versions),
                "daily": array(one.daily_ppm for one in said),
                "caps": array(one.cap_ppm for one in said),
                "bare": array(int(one.base is PenaltyBase.PRINCIPAL) for one in said),
            },
        )
        return int(cursor.rowcount)


def freeze(*, day: date, part: int, at: datetime) -> int:
    """Lines of a part of the customers with anything late by the end of `day` lend nothing more. Returns how many."""
    low, high = part * WIDTH, (part + 1) * WIDTH
    late = Instalment.objects.filter(queries.unpaid(), late_from__lt=day, shard__gte=low, shard__lt=high)
    return overdue.freeze(line_ids=list(late.order_by().values_list("line_id", flat=True).distinct()), at=at)
