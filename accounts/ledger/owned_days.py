"""What every owner of a role's accounts had at the end of a business day, for statements over many owners at once."""

DAY = """
WITH moved AS (
    SELECT account_id, coalesce(sum(amount) FILTER (WHERE business_on > %(day)s), 0) AS after,
        coalesce(sum(amount) FILTER (WHERE business_on = %(day)s AND amount > 0), 0) AS into,
        coalesce(-sum(amount) FILTER (WHERE business_on = %(day)s AND amount < 0), 0) AS out_of
    FROM ledger_entry
    WHERE business_on >= %(day)s AND account_id >= (lpad(to_hex(%(low)s::integer), 2, '0') || repeat('0', 30))::uuid
        AND account_id < (lpad(to_hex(%(high)s::integer), 2, '0') || repeat('0', 30))::uuid
    GROUP BY account_id
)
SELECT a.owner_id AS customer_id, a.shard, (b.posted - coalesce(m.after, 0))::bigint AS value_fen,
    coalesce(m.into, 0)::bigint AS paid_in_fen, coalesce(m.out_of, 0)::bigint AS paid_out_fen
FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id AND b.sub = 0 LEFT JOIN moved m ON m.account_id = a.id
WHERE a.role = '{role}' AND a.asset = '{asset}' AND a.owner_id IS NOT NULL AND b.mode = 's'
    AND a.id >= (lpad(to_hex(%(low)s::integer), 2, '0') || repeat('0', 30))::uuid
    AND a.id < (lpad(to_hex(%(high)s::integer), 2, '0') || repeat('0', 30))::uuid
"""


def day_sql(*, role: str, asset: str) -> str:
    """A SELECT of customer_id, shard, value_fen, paid_in_fen, paid_out_fen of accounts kept in one row, for shards from %(low)s up to
    below %(high)s. By business day, so a day that is over never changes; what it costs grows with what was posted since."""
    return DAY.format(role=role, asset=asset)
