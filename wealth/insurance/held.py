"""What customers have in insurance, for everybody above (plugged into wealth.catalog): a policy is worth what giving it up would give."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wealth.catalog.sockets import Held
from wealth.catalog.states import Kind
from wealth.insurance import queries
from wealth.insurance.models import InsurancePolicy, PolicyPremium
from wealth.insurance.services.giving_back import worth_of
from wealth.insurance.states import RUNNING
from wealth.rules.insurance import Paid

DAY = """
WITH asked (day) AS (VALUES (%(day)s::date), (%(day)s::date - 1)),
policies AS (
    SELECT p.id, p.customer_id, p.shard, p.product_id, p.starts_on, p.cooling_until, p.ended_on, p.claimed_fen, v.terms
    FROM wealth_insurancepolicy p JOIN wealth_productversion v ON v.id = p.version_id
    WHERE p.shard >= %(low)s AND p.shard < %(high)s AND p.receipt_on <= %(day)s::date
        AND (p.ended_on IS NULL OR p.ended_on >= %(day)s::date)
),
premiums AS (
    SELECT p.id, p.starts_on, p.cooling_until, p.ended_on, p.claimed_fen, p.terms, r.amount_fen, r.due_on, r.until_on,
        (r.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS paid_on
    FROM policies p JOIN wealth_policypremium r ON r.policy_id = p.id AND r.shard = p.shard AND r.pay_journal_id IS NOT NULL
),
days AS (
    SELECT r.*, a.day, greatest(a.day - r.due_on + 1, 0) AS gone, r.until_on - r.due_on AS span
    FROM premiums r JOIN asked a ON r.paid_on <= a.day AND (r.ended_on IS NULL OR r.ended_on > a.day) AND r.claimed_fen = 0
),
parts AS (
    SELECT d.id, d.day, d.cooling_until, d.starts_on, d.terms, d.amount_fen,
        CASE d.terms->'refund'->>'rule'
        WHEN 'pro_rata' THEN
            d.amount_fen * (10000 - (d.terms->'refund'->>'loading_bp')::bigint) * greatest(d.span - d.gone, 0) / (10000 * d.span::bigint)
        WHEN 'short_rate' THEN CASE WHEN d.day >= d.until_on THEN 0 ELSE
            d.amount_fen * (10000 - coalesce((
                SELECT (s.step->>'bp')::bigint FROM jsonb_array_elements(d.terms->'refund'->'steps') WITH ORDINALITY AS s (step, place)
                WHERE d.gone <= (s.step->>'days')::int ORDER BY s.place LIMIT 1), 10000)) / 10000 END
        ELSE 0 END AS back_fen
    FROM days d
),
worth AS (
    SELECT t.id, t.day,
        CASE WHEN t.day <= t.cooling_until THEN t.paid_fen - least((t.terms->>'kept_fee_fen')::bigint, t.paid_fen)
        WHEN t.terms->'refund'->>'rule' = 'cash_value' THEN t.paid_fen * coalesce((
            SELECT (s.step->>'bp')::bigint FROM jsonb_array_elements(t.terms->'refund'->'steps') WITH ORDINALITY AS s (step, place)
            WHERE date_part('year', age(greatest(t.day, t.starts_on), t.starts_on)) >= (s.step->>'years')::int
            ORDER BY s.place DESC LIMIT 1), 0) / 10000
        ELSE t.back_fen END AS value_fen
    FROM (
        SELECT id, day, cooling_until, starts_on, terms, sum(amount_fen)::bigint AS paid_fen, sum(back_fen)::bigint AS back_fen
        FROM parts GROUP BY id, day, cooling_until, starts_on, terms
    ) t
),
moved AS (
    SELECT p.id,
        coalesce((SELECT sum(r.amount_fen) FROM premiums r WHERE r.id = p.id AND r.paid_on = %(day)s::date), 0)::bigint AS in_fen,
        coalesce((SELECT sum(o.amount_fen) FROM wealth_policypayout o WHERE o.policy_id = p.id AND o.shard = p.shard AND o.state = 'paid'
            AND (o.changed_at AT TIME ZONE 'Asia/Shanghai')::date = %(day)s::date), 0)::bigint AS out_fen
    FROM policies p
)
SELECT p.customer_id, p.shard, p.product_id, sum(coalesce(n.value_fen, 0))::bigint AS value_fen, sum(m.in_fen)::bigint AS paid_in_fen,
    sum(m.out_fen)::bigint AS paid_out_fen,
    sum(coalesce(n.value_fen, 0) - coalesce(b.value_fen, 0) - m.in_fen + m.out_fen)::bigint AS income_fen
FROM policies p JOIN moved m ON m.id = p.id
LEFT JOIN worth n ON n.id = p.id AND n.day = %(day)s::date
LEFT JOIN worth b ON b.id = p.id AND b.day = %(day)s::date - 1
GROUP BY p.customer_id, p.shard, p.product_id
"""


class Policies:
    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        """One line a policy that is not over: three queries."""
        rows = list(queries.alive_of(customer_id).select_related("version").order_by("created_at", "id"))
        paid: dict[UUID, list[Paid]] = defaultdict(list)
        for one in PolicyPremium.objects.filter(policy_id__in=[row.id for row in rows], pay_journal_id__isnull=False).order_by("number"):
            paid[one.policy_id].append(Paid(one.amount_fen, one.due_on, one.until_on))
        return [line(row, paid[row.id], at) for row in rows]

    def day_sql(self) -> str:
        return DAY


def line(row: InsurancePolicy, paid: list[Paid], at: datetime) -> Held:
    value = 0 if row.claimed_fen else worth_of(row, paid, at).amount_fen
    cost = sum(one.premium_fen for one in paid)
    return Held(
        kind=Kind.INSURANCE,
        product_id=row.product_id,
        version_id=row.version_id,
        holding=row.public_id,
        value_fen=value,
        cost_fen=cost,
        accrued_fen=0,
        income_fen=value + row.claimed_fen - cost,
        yesterday_fen=None,
        available_fen=value if row.state in RUNNING else 0,
        matures_on=row.ends_on,
    )
