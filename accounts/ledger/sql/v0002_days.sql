-- The first business day that is not summed in all ranges; its entries and later ones are counted live. Follows each
-- range's unbroken days, however many there are; were one left unmarked the answer would be an earlier day, and what is
-- summed already is not counted live either way.
CREATE OR REPLACE FUNCTION ledger_live_from() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT coalesce(min(next.day), 'infinity'::date) FROM generate_series(0, 3) AS range
  CROSS JOIN LATERAL (
    SELECT min(b.day) AS day FROM core_businessday b
    WHERE b.day > coalesce((SELECT max(r.day) FROM ledger_rolledday r WHERE r.shard = range AND r.unbroken), '-infinity'::date)
  ) AS next
$$;

-- Marks the rolled days of a range that follow each other from its last marked day on, up to the first that is not rolled.
CREATE OR REPLACE FUNCTION ledger_mark_unbroken(p_range integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  marked date := coalesce((SELECT max(day) FROM ledger_rolledday WHERE shard = p_range AND unbroken), '-infinity');
  gap date := coalesce((
    SELECT b.day FROM core_businessday b
    WHERE b.day > marked AND NOT EXISTS (SELECT FROM ledger_rolledday r WHERE r.day = b.day AND r.shard = p_range)
    ORDER BY b.day LIMIT 1
  ), 'infinity');
  done integer;
BEGIN
  UPDATE ledger_rolledday SET unbroken = true WHERE shard = p_range AND day > marked AND day < gap;
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$;

-- Sums one range of accounts of one business day into movements and GL totals, once; returns how many movements it wrote.
-- Pending legs of the day must have been folded.
CREATE OR REPLACE FUNCTION ledger_roll(p_day date, p_range integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  low uuid := (lpad(to_hex(p_range * 16), 2, '0') || repeat('0', 30))::uuid;
  high uuid := (lpad(to_hex(p_range * 16 + 16), 2, '0') || repeat('0', 30))::uuid;
  moved integer;
BEGIN
  INSERT INTO ledger_rolledday (day, shard, rolled_at, unbroken) VALUES (p_day, p_range, p_at, false) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  IF EXISTS (SELECT FROM ledger_pending WHERE business_on <= p_day AND account_id >= low AND account_id < high) THEN
    RAISE EXCEPTION 'legs of % still wait to be folded', p_day USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO ledger_movement AS m (account_id, effective_on, debit, credit)
  SELECT account_id, effective_on, coalesce(-sum(amount) FILTER (WHERE amount < 0), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0)
  FROM ledger_entry WHERE business_on = p_day AND account_id >= low AND account_id < high GROUP BY 1, 2
  ON CONFLICT (account_id, effective_on) DO UPDATE SET debit = m.debit + excluded.debit, credit = m.credit + excluded.credit;
  GET DIAGNOSTICS moved = ROW_COUNT;
  INSERT INTO ledger_gltotal AS g (day, shard, gl_code, role, asset, debit, credit)
  SELECT t.effective_on, p_range, ledger_gl_code(t.role, t.event, p_day), t.role, t.asset, sum(t.debit), sum(t.credit)
  FROM (
    SELECT e.effective_on, a.role, j.event, a.asset,
      coalesce(-sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS debit, coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS credit
    FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id AND j.business_on = p_day JOIN ledger_account a ON a.id = e.account_id
    WHERE e.business_on = p_day AND e.account_id >= low AND e.account_id < high GROUP BY 1, 2, 3, 4
  ) AS t GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (day, shard, gl_code, role, asset) DO UPDATE SET debit = g.debit + excluded.debit, credit = g.credit + excluded.credit;
  PERFORM ledger_mark_unbroken(p_range);
  RETURN moved;
END $$;
