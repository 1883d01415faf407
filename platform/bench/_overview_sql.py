"""What the portfolio's endpoint answers a customer of money funds and fixed terms, as one statement that returns JSON from the same tables.
The yearly return is left out: it is found by trying, which a statement cannot. Holds for versions that settle in one trading day."""

PRODUCT = "CREATE OR REPLACE AGGREGATE bench_product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = 1)"
STATEMENT = """
WITH kept AS (
    SELECT begun_on, kept_through FROM wealth_portfoliobook WHERE part = %(part)s AND kept_through >= begun_on
), trading AS (
    SELECT array_agg(day ORDER BY day) AS days FROM (
        SELECT day FROM core_tradingday WHERE exchange = 'XSHG' AND is_open AND day >= %(today)s::date ORDER BY day LIMIT 3) t
), moment AS (
    SELECT CASE WHEN days[1] = %(today)s::date AND localtime_shanghai >= time '15:00' THEN days[3] ELSE days[2] END AS confirms_on
    FROM trading, (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::time AS localtime_shanghai) n
), held AS (
    SELECT 1 AS source, h.created_at::text AS place, h.id, 'current' AS kind, p.id AS product_id, p.code, v.name_en, v.risk, v.t0_cap_fen,
        'chd_' || replace(h.id::text, '-', '') AS holding, h.units_fen - h.owed_fen AS value_fen,
        h.units_fen - h.owed_fen - coalesce(i.total, 0) AS cost_fen, 0::bigint AS accrued_fen, coalesce(i.total, 0)::bigint AS income_fen,
        CASE WHEN b.booked_through < %(today)s::date - 1 AND h.units_fen <> 0 THEN NULL
            WHEN h.booked_through = %(today)s::date - 1 THEN coalesce(i.last, 0) ELSE 0 END::bigint AS yesterday_fen,
        greatest(h.units_fen - h.frozen_fen - h.owed_fen, 0) AS available_fen, NULL::date AS matures_on
    FROM wealth_currentholding h JOIN wealth_product p ON p.id = h.product_id JOIN wealth_productversion v ON v.id = p.current_id
    JOIN wealth_currentbook b ON b.product_id = h.product_id AND b.part = %(part)s
    LEFT JOIN LATERAL (SELECT sum(income_fen) AS total, sum(income_fen) FILTER (WHERE day = h.booked_through) AS last
        FROM wealth_currentincome WHERE holding_id = h.id) i ON true
    WHERE h.customer_id = %(who)s
    UNION ALL
    SELECT 2, l.matures_on::text, l.id, 'fixed_term', p.id, p.code, c.name_en, v.risk, v.t0_cap_fen,
        'fxh_' || replace(l.id::text, '-', ''), l.principal_fen + a.now_fen,
        l.principal_fen + l.premium_fen, a.now_fen, l.earned_fen + a.now_fen - l.premium_fen, a.now_fen - a.was_fen,
        CASE WHEN l.state = 'held' AND (v.terms->>'early_exit')::boolean AND m.confirms_on < l.matures_on
            AND l.principal_fen > l.frozen_fen THEN l.principal_fen - l.frozen_fen
            + (l.principal_fen - l.frozen_fen) * l.demand_rate_bp * greatest(m.confirms_on - l.starts_on, 0) / 3650000 ELSE 0 END,
        l.matures_on
    FROM wealth_fixedholding l JOIN wealth_product p ON p.id = l.product_id JOIN wealth_productversion v ON v.id = l.version_id
    JOIN wealth_productversion c ON c.id = p.current_id, moment m,
    LATERAL (SELECT
        fixed_term_accrued(l.principal_fen, l.rate_bp, l.day_count, l.starts_on, least(%(today)s::date, l.ends_on), l.compounding_months)
            AS now_fen,
        fixed_term_accrued(
            l.principal_fen, l.rate_bp, l.day_count, l.starts_on, least(%(today)s::date - 1, l.ends_on), l.compounding_months
        ) AS was_fen) a
    WHERE l.customer_id = %(who)s AND l.state IN ('held', 'maturing')
), wallet AS (
    SELECT coalesce(sum(posted), 0)::bigint
            + (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_pending WHERE account_id = %(account)s) AS fen,
        coalesce(sum(held), 0)::bigint AS frozen FROM ledger_balance WHERE account_id = %(account)s
), settling AS (
    SELECT coalesce(sum(CASE WHEN side = 'buy' THEN amount_fen WHEN state = 'confirmed' THEN amount_fen - fee_fen ELSE -units_fen END), 0)
        ::bigint AS fen FROM wealth_wealthorder WHERE customer_id = %(who)s AND (
            side = 'buy' AND pay_journal_id IS NOT NULL
                AND state IN ('paid', 'submitted', 'refunding', 'cancelled', 'rejected', 'refused', 'failed')
            OR side = 'redeem' AND (state = 'confirmed' AND NOT fast OR state = 'fast_paid'))
), days AS (
    SELECT d.day, sum(d.value_fen) AS value_fen, sum(d.paid_in_fen - d.paid_out_fen) AS flow, sum(d.income_fen) AS income_fen
    FROM wealth_portfolioday d, kept k WHERE d.customer_id = %(who)s AND d.day BETWEEN k.begun_on AND k.kept_through
        AND d.product_id <> '00000000-0000-0000-0000-000000000000' GROUP BY d.day
), linked AS (
    SELECT bench_product(value_fen / base) AS grown, count(*) AS days FROM (
        SELECT value_fen, flow + CASE WHEN day - lag(day) OVER w = 1 THEN lag(value_fen) OVER w ELSE 0 END AS base
        FROM days WINDOW w AS (ORDER BY day)) b WHERE base > 0
), amounts AS (
    SELECT 'kind' AS name, kind AS key, min(source) AS place, sum(greatest(value_fen, 0)) AS fen FROM held GROUP BY kind
    UNION ALL SELECT 'kind', 'wallet', 0, fen FROM wallet
    UNION ALL SELECT 'safety', risk, ascii(right(risk, 1)), sum(greatest(value_fen, 0)) FROM held GROUP BY risk
    UNION ALL SELECT 'safety', 'cash', 0, fen FROM wallet
    UNION ALL SELECT 'liquidity', 'today', 0, fen - frozen
        + (SELECT sum(greatest(least(available_fen, t0_cap_fen, value_fen), 0)) FROM held) FROM wallet
    UNION ALL SELECT 'liquidity', 'later', 1, sum(greatest(value_fen, 0) - greatest(value_fen - available_fen, 0)
        - greatest(least(available_fen, t0_cap_fen, value_fen), 0)) FROM held
    UNION ALL SELECT 'liquidity', 'locked', 2, sum(greatest(value_fen - available_fen, 0)) + (SELECT frozen FROM wallet) FROM held
    UNION ALL SELECT 'term', key, min(place), sum(fen) FROM (
        SELECT CASE WHEN days IS NULL THEN 'open' WHEN days <= 30 THEN 'up_to_30' WHEN days <= 90 THEN 'up_to_90'
                WHEN days <= 180 THEN 'up_to_180' WHEN days <= 365 THEN 'up_to_365' ELSE 'over_365' END AS key,
            coalesce(days, -1) AS place, fen
        FROM (SELECT matures_on - %(today)s::date AS days, greatest(value_fen, 0) AS fen FROM held) l
        UNION ALL SELECT 'open', -1, fen FROM wallet) t GROUP BY key
), shares AS (
    SELECT *, 10000 - sum(div(10000 * fen, whole)) OVER (PARTITION BY name) AS missing,
        row_number() OVER (PARTITION BY name ORDER BY 10000 * fen %% whole DESC, place) AS rank
    FROM (SELECT *, sum(fen) OVER (PARTITION BY name) AS whole FROM amounts) w WHERE whole > 0
), named AS (
    SELECT s.name, json_agg(json_build_object('key', s.key, 'name', coalesce(l.name, s.key), 'amount', s.fen,
        'share_bp', div(10000 * s.fen, s.whole) + (s.rank <= s.missing)::int) ORDER BY s.place) FILTER (WHERE s.fen > 0) AS parts
    FROM shares s LEFT JOIN (VALUES {labels}) AS l (key, name) ON l.key = s.key GROUP BY s.name
)
SELECT json_build_object(
    'currency', 'CNY',
    'net_worth', json_build_object('value', h.value_fen + s.fen + w.fen, 'reason', NULL),
    'products', h.value_fen, 'accrued', h.accrued_fen, 'on_its_way', s.fen, 'items', h.items,
    'beside', json_build_array(json_build_object('kind', 'wallet', 'name', 'Wallet', 'owed', false, 'amount', w.fen,
        'available', greatest(w.fen - w.frozen, 0), 'frozen', w.fen - greatest(w.fen - w.frozen, 0))),
    'allocation', (SELECT json_object_agg(name, parts) FROM named),
    'income', json_build_object('yesterday', json_build_object('value', h.yesterday_fen, 'reason', NULL),
        'month', json_build_object('value', d.month, 'reason', NULL), 'total', json_build_object('value', d.total, 'reason', NULL)),
    'returns', json_build_object('time_weighted', json_build_object('value', round((l.grown - 1) * 100, 4)::text, 'reason', NULL)),
    'kept_from', k.begun_on, 'kept_through', k.kept_through)::text
FROM (
    SELECT sum(value_fen)::bigint AS value_fen, sum(accrued_fen)::bigint AS accrued_fen, sum(yesterday_fen)::bigint AS yesterday_fen,
        json_agg(json_build_object('kind', kind, 'product_id', 'prd_' || replace(product_id::text, '-', ''), 'product_code', code,
            'product_name', name_en, 'holding_id', holding, 'risk', risk, 'value', value_fen, 'cost', cost_fen, 'accrued', accrued_fen,
            'available', available_fen, 'income_yesterday', yesterday_fen, 'income_total', income_fen, 'matures_on', matures_on)
            ORDER BY source, place, id) AS items FROM held
) h, wallet w, settling s, linked l, kept k,
    (SELECT sum(income_fen)::bigint AS total,
        sum(income_fen) FILTER (WHERE day >= date_trunc('month', %(today)s::date))::bigint AS month FROM days) d
"""


def statement(labels: dict[str, str]) -> str:
    """`labels`: what parts of an allocation are called."""
    return STATEMENT.replace("{labels}", ", ".join(f"('{key}', '{name}')" for key, name in labels.items()))
