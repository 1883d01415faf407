"""What customers have in insurance, for everybody above (plugged into wealth.catalog): a policy is worth what giving it up would give, and
what the insurer was asked for once that has begun. One that has paid a claim gives nothing back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wealth.catalog.sockets import Held
from wealth.catalog.states import Kind
from wealth.insurance import queries
from wealth.insurance.models import InsurancePolicy, PolicyPremium
from wealth.insurance.services.giving_back import worth_of
from wealth.insurance.states import RUNNING, PolicyState
from wealth.rules.insurance import Paid

DAY = """
WITH asked (day) AS (VALUES (%(day)s::date), (%(day)s::date - 1)),
policies AS (
    SELECT p.id, p.customer_id, p.shard, p.product_id, p.starts_on, p.cooling_until, p.ended_on, v.terms,
        CASE WHEN p.lapsed_on IS NOT NULL THEN least(p.lapsed_on + (v.terms->>'reinstatement_days')::int + 1, p.ends_on - 1) END AS over_on
    FROM wealth_insurancepolicy p JOIN wealth_productversion v ON v.id = p.version_id
    WHERE p.shard >= %(low)s AND p.shard < %(high)s AND p.receipt_on <= %(day)s::date
        AND (p.ended_on IS NULL OR p.ended_on >= %(day)s::date)
),
payouts AS (
    SELECT o.policy_id, o.kind, o.state, o.amount_fen, (o.created_at AT TIME ZONE 'Asia/Shanghai')::date AS asked_on,
        (o.changed_at AT TIME ZONE 'Asia/Shanghai')::date AS changed_on
    FROM policies p JOIN wealth_policypayout o ON o.policy_id = p.id AND o.shard = p.shard
),
premiums AS (
    SELECT p.id, p.starts_on, p.cooling_until, p.ended_on, p.terms, p.over_on, r.amount_fen, r.due_on, r.until_on,
        (r.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS paid_on
    FROM policies p JOIN wealth_policypremium r ON r.policy_id = p.id AND r.shard = p.shard AND r.pay_journal_id IS NOT NULL
),
days AS (
    SELECT r.*, a.day, least(a.day, r.over_on) AS on_day, greatest(least(a.day, r.over_on) - r.due_on + 1, 0) AS gone,
        r.until_on - r.due_on AS span
    FROM premiums r JOIN asked a ON r.paid_on <= a.day AND (r.ended_on IS NULL OR r.ended_on > a.day)
    WHERE NOT EXISTS (SELECT FROM payouts o WHERE o.policy_id = r.id AND o.kind = 'claim' AND o.state = 'paid' AND o.changed_on <= a.day)
),
parts AS (
    SELECT d.id, d.day, d.on_day, d.cooling_until, d.starts_on, d.terms, d.amount_fen,
        CASE d.terms->'refund'->>'rule'
        WHEN 'pro_rata' THEN
            d.amount_fen * (10000 - (d.terms->'refund'->>'loading_bp')::bigint) * greatest(d.span - d.gone, 0) / (10000 * d.span::bigint)
        WHEN 'short_rate' THEN CASE WHEN d.on_day >= d.until_on THEN 0 ELSE
            d.amount_fen * (10000 - coalesce((
                SELECT (s.step->>'bp')::bigint FROM jsonb_array_elements(d.terms->'refund'->'steps') WITH ORDINALITY AS s (step, place)
                WHERE d.gone <= (s.step->>'days')::int ORDER BY s.place LIMIT 1), 10000)) / 10000 END
        ELSE 0 END AS back_fen
    FROM days d
),
worth AS (
    SELECT t.id, t.day,
        CASE WHEN o.amount_fen IS NOT NULL THEN o.amount_fen
        WHEN t.day <= t.cooling_until THEN t.paid_fen - least((t.terms->>'kept_fee_fen')::bigint, t.paid_fen)
        WHEN t.terms->'refund'->>'rule' = 'cash_value' THEN t.paid_fen * coalesce((
            SELECT (s.step->>'bp')::bigint FROM jsonb_array_elements(t.terms->'refund'->'steps') WITH ORDINALITY AS s (step, place)
            WHERE date_part('year', age(greatest(t.on_day, t.starts_on), t.starts_on)) >= (s.step->>'years')::int
            ORDER BY s.place DESC LIMIT 1), 0) / 10000
        ELSE t.back_fen END AS value_fen
    FROM (
        SELECT id, day, on_day, cooling_until, starts_on, terms, sum(amount_fen)::bigint AS paid_fen, sum(back_fen)::bigint AS back_fen
        FROM parts GROUP BY id, day, on_day, cooling_until, starts_on, terms
    ) t LEFT JOIN payouts o ON o.policy_id = t.id AND o.kind <> 'claim' AND o.asked_on <= t.day
        AND (o.state <> 'refused' OR o.changed_on > t.day)
),
came AS (
    SELECT id, sum(amount_fen)::bigint AS fen FROM premiums WHERE paid_on = %(day)s::date GROUP BY id
),
went AS (
    SELECT policy_id, sum(amount_fen)::bigint AS fen FROM payouts WHERE state = 'paid' AND changed_on = %(day)s::date GROUP BY policy_id
)
SELECT p.customer_id, p.shard, p.product_id, sum(coalesce(n.value_fen, 0))::bigint AS value_fen,
    sum(coalesce(c.fen, 0))::bigint AS paid_in_fen, sum(coalesce(w.fen, 0))::bigint AS paid_out_fen,
    sum(coalesce(n.value_fen, 0) - coalesce(b.value_fen, 0) - coalesce(c.fen, 0) + coalesce(w.fen, 0))::bigint AS income_fen
FROM policies p
LEFT JOIN came c ON c.id = p.id
LEFT JOIN went w ON w.policy_id = p.id
LEFT JOIN worth n ON n.id = p.id AND n.day = %(day)s::date
LEFT JOIN worth b ON b.id = p.id AND b.day = %(day)s::date - 1
GROUP BY p.customer_id, p.shard, p.product_id
"""


class Policies:
    def held(self, *, customer_id: UUID, at: datetime) -> Sequence[Held]:
        """One line a policy that is not over: four queries at most."""
        rows = list(queries.alive_of(customer_id).select_related("version").order_by("created_at", "id"))
        asked = queries.asked_to_end(row.id for row in rows if row.state == PolicyState.ENDING)
        paid: dict[UUID, list[Paid]] = defaultdict(list)
        for one in PolicyPremium.objects.filter(policy_id__in=[row.id for row in rows], pay_journal_id__isnull=False).order_by("number"):
            paid[one.policy_id].append(Paid(one.amount_fen, one.due_on, one.until_on))
        return [line(row, paid[row.id], asked.get(row.id), at) for row in rows]

    def day_sql(self) -> str:
        return DAY


def line(row: InsurancePolicy, paid: list[Paid], asked_fen: int | None, at: datetime) -> Held:
    """`asked_fen`: what the insurer was asked for to end it, if it was."""
    now = asked_fen if asked_fen is not None else worth_of(row, paid, at).amount_fen
    value = 0 if row.claimed_fen else now
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
