"""The statement that keeps one day of one part of the customers, from what kinds and what is beside them say."""

from wealth.catalog.sockets import HOLDINGS
from wealth.portfolio.models import NO_PRODUCT
from wealth.portfolio.sockets import BESIDE

COLUMNS = "customer_id, shard, kind, product_id, value_fen, paid_in_fen, paid_out_fen, income_fen"
FIGURES = "value_fen, paid_in_fen, paid_out_fen, income_fen"
KEEP = f"""
WITH found AS MATERIALIZED (
    SELECT {COLUMNS} FROM ({{sources}}) s WHERE (value_fen, paid_in_fen, paid_out_fen, income_fen) <> (0, 0, 0, 0)
), kept AS (
    INSERT INTO wealth_portfolioday AS d (day, {COLUMNS}) SELECT %(day)s, {COLUMNS} FROM found
    ON CONFLICT (customer_id, day, kind, product_id) DO UPDATE SET value_fen = excluded.value_fen, paid_in_fen = excluded.paid_in_fen,
        paid_out_fen = excluded.paid_out_fen, income_fen = excluded.income_fen
    WHERE (d.value_fen, d.paid_in_fen, d.paid_out_fen, d.income_fen)
        <> (excluded.value_fen, excluded.paid_in_fen, excluded.paid_out_fen, excluded.income_fen)
    RETURNING 1
), gone AS (
    DELETE FROM wealth_portfolioday d WHERE d.day = %(day)s AND d.shard >= %(low)s AND d.shard < %(high)s AND NOT EXISTS (
        SELECT FROM found f WHERE f.customer_id = d.customer_id AND f.kind = d.kind AND f.product_id = d.product_id)
    RETURNING 1
), owners AS (
    INSERT INTO wealth_portfolio (customer_id, shard, begun_on)
    SELECT DISTINCT f.customer_id, f.shard, %(day)s::date FROM found f
    WHERE NOT EXISTS (SELECT FROM wealth_portfolio p WHERE p.customer_id = f.customer_id)
    ON CONFLICT (customer_id) DO NOTHING
)
SELECT kind, product_id, count(*), sum(value_fen)::bigint, sum(paid_in_fen)::bigint, sum(paid_out_fen)::bigint, sum(income_fen)::bigint,
    (SELECT count(*) FROM kept) + (SELECT count(*) FROM gone) FROM found GROUP BY kind, product_id
UNION ALL
SELECT NULL, NULL, 0, 0, 0, 0, 0, (SELECT count(*) FROM kept) + (SELECT count(*) FROM gone) WHERE NOT EXISTS (SELECT FROM found)
"""  # noqa: S608  # nosec B608  # fragments of this module alone
FIRST = f"""
WITH found AS MATERIALIZED (
    SELECT {COLUMNS} FROM ({{sources}}) s WHERE (value_fen, paid_in_fen, paid_out_fen, income_fen) <> (0, 0, 0, 0)
), kept AS (
    INSERT INTO wealth_portfolioday (day, {COLUMNS}) SELECT %(day)s, {COLUMNS} FROM found ORDER BY customer_id, kind, product_id
), owners AS (
    INSERT INTO wealth_portfolio (customer_id, shard, begun_on)
    SELECT DISTINCT f.customer_id, f.shard, %(day)s::date FROM found f
    WHERE NOT EXISTS (SELECT FROM wealth_portfolio p WHERE p.customer_id = f.customer_id)
    ON CONFLICT (customer_id) DO NOTHING
)
SELECT shard / %(width)s::integer, kind, product_id, count(*), sum(value_fen)::bigint, sum(paid_in_fen)::bigint, sum(paid_out_fen)::bigint,
    sum(income_fen)::bigint FROM found GROUP BY 1, 2, 3
"""  # noqa: S608  # nosec B608  # fragments of this module alone
"""KEEP of a day that nothing stands of, for all parts asked for: what is in order of customers is written in order of the key."""
DIFFERS = f"""
WITH found AS MATERIALIZED (
    SELECT {COLUMNS} FROM ({{sources}}) s WHERE (value_fen, paid_in_fen, paid_out_fen, income_fen) <> (0, 0, 0, 0)
), kept AS (
    SELECT {COLUMNS} FROM wealth_portfolioday WHERE day = %(day)s AND shard >= %(low)s AND shard < %(high)s
)
SELECT coalesce(f.customer_id, k.customer_id), coalesce(f.kind, k.kind), coalesce(f.value_fen, 0), coalesce(k.value_fen, 0)
FROM found f FULL JOIN kept k ON k.customer_id = f.customer_id AND k.kind = f.kind AND k.product_id = f.product_id
WHERE (f.value_fen, f.paid_in_fen, f.paid_out_fen, f.income_fen) IS DISTINCT FROM (k.value_fen, k.paid_in_fen, k.paid_out_fen, k.income_fen)
    AND coalesce(f.kind, k.kind) <> ALL (%(estimated)s)
ORDER BY 1, 2 LIMIT %(shown)s
"""  # noqa: S608  # nosec B608  # fragments of this module alone


def sources() -> str:
    """Every source as one SELECT: what is owed stands below zero, and more of it is what went out."""
    parts = [
        f"SELECT customer_id, shard, '{kind}'::varchar AS kind, product_id, {FIGURES} FROM ({holdings.day_sql()}) h_{kind}"  # noqa: S608  # nosec B608
        for kind, holdings in HOLDINGS.items()
    ]
    parts += [
        f"SELECT customer_id, shard, '{kind}'::varchar AS kind, '{NO_PRODUCT}'::uuid AS product_id, {signed(beside.sign)}, "  # noqa: S608  # nosec B608
        f"0::bigint AS income_fen FROM ({beside.day_sql()}) b_{kind}"
        for kind, beside in BESIDE.items()
    ]
    return " UNION ALL ".join(parts)


def signed(sign: int) -> str:
    flows = "paid_in_fen, paid_out_fen" if sign > 0 else "paid_out_fen AS paid_in_fen, paid_in_fen AS paid_out_fen"
    return f"{sign} * value_fen AS value_fen, {flows}"


def keep() -> str:
    return KEEP.replace("{sources}", sources())


def first() -> str:
    return FIRST.replace("{sources}", sources())


def differs() -> str:
    return DIFFERS.replace("{sources}", sources())
