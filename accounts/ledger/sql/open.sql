-- Opens an account of the longest known role its name starts with; opening it again changes nothing.
-- Returns false when no role fits or the asset is unknown.
CREATE FUNCTION ledger_open(
  p_id uuid, p_owner uuid, p_name varchar, p_asset varchar, p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  fit ledger_role;
BEGIN
  SELECT * INTO fit FROM ledger_role WHERE p_name = role OR p_name LIKE role || ':%' ORDER BY length(role) DESC LIMIT 1;
  IF NOT FOUND OR NOT EXISTS (SELECT FROM ledger_asset WHERE code = p_asset) THEN
    RETURN false;
  END IF;
  INSERT INTO ledger_account (id, shard, owner_id, name, role, asset, mode, state, created_at, changed_at)
  VALUES (p_id, get_byte(uuid_send(p_id), 0), p_owner, p_name, fit.role, p_asset, fit.mode, 'open', p_at, p_at)
  ON CONFLICT DO NOTHING;
  INSERT INTO ledger_balance (account_id, sub, subs, posted, held, version, shortfall, floor, ceiling, blocked, mode, hold_overdraft, asset)
  SELECT p_id, sub, fit.subs, 0, 0, 0, 0, fit.floor, fit.ceiling, 0,
    CASE fit.mode WHEN 'sync' THEN 's' WHEN 'buffered' THEN 'b' ELSE 'h' END, fit.hold_overdraft, p_asset
  FROM generate_series(0, fit.subs - 1) AS sub
  ON CONFLICT DO NOTHING;
  RETURN true;
END $$;
