"""The statements that book a day's income of many holdings at once.

What earned on a day is what a holding has, less what orders moved that counts only later: so a day can be booked, taken back and booked
anew while units move. The arithmetic is `wealth.rules.current.income`, held to it by tests.
"""

MINE = "h.product_id = %(product)s AND h.shard BETWEEN %(low)s AND %(high)s AND (%(holding)s::uuid IS NULL OR h.id = %(holding)s::uuid)"
LATER = """later AS (
    SELECT holding_id, sum(units_fen)::bigint AS units_fen FROM wealth_currentmove
    WHERE product_id = %(product)s AND shard BETWEEN %(low)s AND %(high)s AND counts_on > %(day)s GROUP BY holding_id
)"""
UNITS = "greatest(h.units_fen - h.owed_fen - coalesce(l.units_fen, 0){waiting}, 0)::bigint"
FROM_HOLDINGS = "wealth_currentholding h LEFT JOIN later l ON l.holding_id = h.id"
MONTH_SO_FAR = """ LEFT JOIN LATERAL (
    SELECT sum(i.income_fen) AS income_fen FROM wealth_currentincome i
    WHERE i.holding_id = h.id AND i.day >= date_trunc('month', %(day)s::date)::date AND i.day < %(day)s
) m ON true"""
"""Where income becomes units monthly, this month's earns nothing yet."""
WAITING = " - coalesce(m.income_fen, 0)"
SETTLE = """
    units_fen = h.frozen_fen + greatest(h.units_fen - h.frozen_fen - h.owed_fen + d.income_fen, 0),
    owed_fen = greatest(h.owed_fen + h.frozen_fen - h.units_fen - d.income_fen, 0),
    residual_e8 = d.residual_e8, booked_through = d.booked_through"""
"""Frozen units stay whole: what a loss takes beyond the free ones is owed, and income is booked on that first."""
BOOK = f"""
WITH {LATER}, base AS (
    SELECT h.id, h.customer_id, h.shard, h.earned, h.residual_e8 AS carried_e8, {UNITS} AS units_fen FROM {FROM_HOLDINGS}{{month}}
    WHERE {MINE} AND (%(runs)s::uuid[])[h.shard / %(width)s::integer + 1] IS NOT NULL
), carried AS (
    SELECT *, units_fen * %(rate)s::bigint + carried_e8 AS whole_e8 FROM base WHERE units_fen > 0 OFFSET 0
), rest AS (
    SELECT *, (whole_e8 %% 100000000 + 100000000) %% 100000000 AS residual_e8 FROM carried
), d AS MATERIALIZED (
    SELECT *, (whole_e8 - residual_e8) / 100000000 AS income_fen, %(day)s::date AS booked_through FROM rest
), kept AS (
    UPDATE wealth_currentholding h SET {SETTLE}, earned = h.earned OR d.income_fen > 0 FROM d
    WHERE h.id = d.id AND h.product_id = %(product)s AND h.shard BETWEEN %(low)s AND %(high)s
), days AS (
    INSERT INTO wealth_currentincome
        (holding_id, day, booking, reversal, shard, run_id, units_fen, rate_e4, carried_e8, income_fen, residual_e8)
    SELECT id, %(day)s, %(booking)s, false, shard, (%(runs)s::uuid[])[shard / %(width)s::integer + 1], units_fen,
        %(rate)s, carried_e8, income_fen, residual_e8 FROM d
)
SELECT shard / %(width)s::integer, count(*), sum(units_fen)::bigint, sum(income_fen)::bigint,
    array_agg(customer_id) FILTER (WHERE income_fen > 0 AND NOT earned) FROM d GROUP BY 1
"""  # noqa: S608  # nosec B608  # fragments of this module alone
"""Of those parts that `runs` has a run's id for, by their number. Answers a row for each with anything. OFFSET 0: else the units are worked
out anew wherever they are named."""
TAKE_BACK = f"""
WITH d AS MATERIALIZED (
    SELECT h.id, h.shard, i.booking, i.units_fen, -i.rate_e4 AS rate_e4, i.residual_e8 AS carried_e8, -i.income_fen AS income_fen,
        i.carried_e8 AS residual_e8, %(before)s::date AS booked_through
    FROM wealth_currentincome i JOIN wealth_currentholding h ON h.id = i.holding_id
    WHERE i.run_id IN (
            SELECT id FROM wealth_currentrun WHERE product_id = %(product)s AND part = %(part)s AND day = %(day)s AND NOT reversal
        ) AND (%(holding)s::uuid IS NULL OR h.id = %(holding)s::uuid)
        AND NOT EXISTS (SELECT FROM wealth_currentincome r
            WHERE r.holding_id = i.holding_id AND r.day = i.day AND r.booking = i.booking AND r.reversal)
), kept AS (
    UPDATE wealth_currentholding h SET {SETTLE} FROM d
    WHERE h.id = d.id AND h.product_id = %(product)s AND h.shard BETWEEN %(low)s AND %(high)s
), days AS (
    INSERT INTO wealth_currentincome
        (holding_id, day, booking, reversal, shard, run_id, units_fen, rate_e4, carried_e8, income_fen, residual_e8)
    SELECT id, %(day)s, booking, true, shard, %(run)s, units_fen, rate_e4, carried_e8, income_fen, residual_e8 FROM d
)
SELECT count(*), coalesce(sum(units_fen), 0)::bigint, coalesce(sum(income_fen), 0)::bigint, NULL::uuid[] FROM d
"""  # noqa: S608  # nosec B608  # fragments of this module alone
STALE = """
SELECT min(q.day) FROM wealth_currentquote q
WHERE q.product_id = %(product)s AND q.revision > 1 AND q.day <= %(through)s
    AND NOT EXISTS (SELECT FROM wealth_currentquote n WHERE n.product_id = q.product_id AND n.day = q.day AND n.revision > q.revision)
    AND EXISTS (SELECT FROM wealth_currentrun r WHERE r.product_id = q.product_id AND r.part = %(part)s AND r.day = q.day)
    AND NOT EXISTS (SELECT FROM wealth_currentrun r WHERE r.product_id = q.product_id AND r.part = %(part)s AND r.day = q.day
        AND r.quote_id = q.id AND r.holding_id IS NULL)
"""
"""The first day that is booked by a quote that is in force no more."""
STALE_PARTS = "SELECT b.part FROM wealth_currentbook b WHERE b.product_id = %(product)s AND ({}) IS NOT NULL ORDER BY 1".format(  # noqa: S608  # nosec B608
    STALE.replace("%(part)s", "b.part").replace("%(through)s", "b.booked_through")
)
WAITS = f"""
WITH {LATER} SELECT EXISTS (SELECT FROM {FROM_HOLDINGS} WHERE {MINE} AND h.units_fen - h.owed_fen - coalesce(l.units_fen, 0) > 0)
"""  # noqa: S608  # nosec B608  # fragments of this module alone
FIRST = """
INSERT INTO wealth_currentearner (customer_id, shard, day, created_at)
SELECT DISTINCT c.id, c.shard, %(day)s::date, %(at)s::timestamptz FROM unnest(%(customers)s::uuid[], %(shards)s::int[]) AS c (id, shard)
ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id
"""

STANDING = """
SELECT i.holding_id, i.day, i.units_fen, i.carried_e8, i.income_fen FROM wealth_currentincome i
JOIN wealth_currentrun n ON n.id = i.run_id
WHERE n.product_id = %(product)s AND n.day >= %(day)s AND NOT i.reversal AND NOT EXISTS (SELECT FROM wealth_currentincome r
    WHERE r.holding_id = i.holding_id AND r.day = i.day AND r.booking = i.booking AND r.reversal)
ORDER BY i.holding_id, i.day
"""


def book(*, monthly: bool) -> str:
    """BOOK for a product whose income becomes units daily, or monthly."""
    month, waiting = (MONTH_SO_FAR, WAITING) if monthly else ("", "")
    return BOOK.replace("{waiting}", waiting).replace("{month}", month)
