-- What had reached an account's rows at an instant: the last entry of each by then. Legs of a buffered account that waited
-- then are left out, folded since or not, so that a past answer stays what it was.
CREATE OR REPLACE FUNCTION ledger_balance_at(p_account uuid, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(last.balance_after), 0)::bigint FROM ledger_balance b
  CROSS JOIN LATERAL (
    SELECT balance_after FROM ledger_entry
    WHERE account_id = p_account AND sub = b.sub AND posted_at <= p_at ORDER BY posted_at DESC, version DESC LIMIT 1
  ) AS last WHERE b.account_id = p_account
$$;
