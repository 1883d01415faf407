-- Sets money aside; the same hold again is answered by its state, so that nobody takes a hold that has ended for one that
-- stands. Refuses what would draw an overdraft unless the account's role says holds may.
CREATE FUNCTION ledger_hold(
  p_id uuid, p_account uuid, p_amount bigint, p_asset varchar, p_expires timestamptz, p_reference varchar, p_at timestamptz,
  OUT r_outcome text, OUT r_account uuid, OUT r_wanted bigint, OUT r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  b ledger_balance;
  h ledger_hold;
  lowest bigint;
BEGIN
  r_account := p_account;
  r_wanted := p_amount;
  SELECT * INTO b FROM ledger_balance WHERE account_id = p_account AND sub = 0 FOR UPDATE;
  IF NOT FOUND THEN
    r_outcome := 'missing';
    RETURN;
  END IF;
  SELECT * INTO h FROM ledger_hold WHERE id = p_id;
  IF FOUND THEN
    r_outcome := CASE
      WHEN h.account_id <> p_account OR h.amount <> p_amount OR h.reference <> p_reference OR h.expires_at <> p_expires THEN 'conflict'
      WHEN h.state <> 'open' THEN 'hold_' || h.state
      WHEN h.expires_at <= p_at THEN 'hold_expired'
      ELSE 'replayed' END;
    RETURN;
  END IF;
  lowest := CASE WHEN b.hold_overdraft THEN b.floor ELSE greatest(coalesce(b.floor, 0), 0) END;
  r_available := greatest(b.posted - b.held - lowest, 0);
  r_outcome := CASE
    WHEN EXISTS (SELECT FROM ledger_halt WHERE lifted_at IS NULL) THEN 'halted'
    WHEN b.mode <> 's' THEN 'mode'
    WHEN b.asset <> p_asset THEN 'asset'
    WHEN b.blocked & 1 = 1 THEN 'frozen'
    WHEN b.posted - b.held - p_amount < lowest THEN 'insufficient'
    WHEN p_expires <= p_at THEN 'hold_expired' END;
  IF r_outcome IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO ledger_hold (id, shard, account_id, amount, state, expires_at, reference, created_at, changed_at)
  VALUES (p_id, get_byte(uuid_send(p_account), 0), p_account, p_amount, 'open', p_expires, p_reference, p_at, p_at)
  ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN
    r_outcome := 'conflict';
    RETURN;
  END IF;
  UPDATE ledger_balance SET held = held + p_amount WHERE account_id = p_account AND sub = 0;
  r_outcome := 'held';
END $$;

-- Ends an open hold without moving money: `released`, `expired` (by the sweeper) or `captured` with nothing.
-- Ending a hold that is released or expired already changes nothing.
CREATE FUNCTION ledger_end_hold(
  p_id uuid, p_state varchar, p_amount bigint, p_at timestamptz,
  OUT r_outcome text, OUT r_account uuid, OUT r_wanted bigint, OUT r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  h ledger_hold;
BEGIN
  SELECT * INTO h FROM ledger_hold WHERE id = p_id;
  IF NOT FOUND THEN
    r_outcome := 'hold_unknown';
    RETURN;
  END IF;
  PERFORM FROM ledger_balance WHERE account_id = h.account_id AND sub = 0 FOR UPDATE;
  SELECT * INTO h FROM ledger_hold WHERE id = p_id FOR UPDATE;
  r_account := h.account_id;
  r_wanted := p_amount;
  r_available := h.amount;
  r_outcome := CASE
    WHEN h.state = 'captured' AND p_state = 'captured' AND h.captured = 0 THEN 'replayed'
    WHEN h.state = 'captured' OR (h.state <> 'open' AND p_state = 'captured') THEN 'hold_' || h.state
    WHEN h.state <> 'open' THEN 'replayed'
    WHEN p_amount > h.amount THEN 'hold_exceeded'
    WHEN p_amount < h.amount AND p_state <> 'captured' THEN 'hold_partial'
    WHEN p_state = 'captured' AND h.expires_at <= p_at THEN 'hold_expired'
    WHEN p_state = 'expired' AND h.expires_at > p_at THEN 'hold_running'
    WHEN p_state <> 'expired' AND EXISTS (SELECT FROM ledger_halt WHERE lifted_at IS NULL) THEN 'halted' END;
  IF r_outcome IS NOT NULL THEN
    RETURN;
  END IF;
  UPDATE ledger_hold SET state = p_state, captured = CASE WHEN p_state = 'captured' THEN 0 END, changed_at = p_at WHERE id = p_id;
  UPDATE ledger_balance SET held = held - h.amount, shortfall = least(shortfall, greatest(0, floor - posted + held - h.amount))
  WHERE account_id = h.account_id AND sub = 0;
  r_outcome := 'ended';
END $$;
