-- Waits until every transaction that may still post with the day or mode it read has ended, and keeps new ones waiting
-- until this transaction ends. A posting reads both after it has touched ledger_balance, so none slips past.
CREATE FUNCTION ledger_barrier() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  LOCK TABLE ledger_balance IN EXCLUSIVE MODE;
END $$;

-- Accounts are summed in four ranges by the first byte (the shard) of their ids.
CREATE FUNCTION ledger_range(p_account uuid) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (get_byte(uuid_send(p_account), 0) / 16)::smallint
$$;

-- The first business day that is not summed in all ranges; its entries and later ones are counted live. Follows each
-- range's unbroken days, however many there are; were one left unmarked the answer would be an earlier day, and what is
-- summed already is not counted live either way.
CREATE FUNCTION ledger_live_from() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT coalesce(min(next.day), 'infinity'::date) FROM generate_series(0, 3) AS range
  CROSS JOIN LATERAL (
    SELECT min(b.day) AS day FROM core_businessday b
    WHERE b.day > coalesce((SELECT max(r.day) FROM ledger_rolledday r WHERE r.shard = range AND r.unbroken), '-infinity'::date)
  ) AS next
$$;

-- Entries and pending legs not in the sums yet.
CREATE VIEW ledger_live AS
  SELECT e.account_id, e.journal_id, e.amount, e.business_on, e.effective_on FROM ledger_entry e
  WHERE e.business_on >= (SELECT ledger_live_from())
    AND NOT EXISTS (SELECT FROM ledger_rolledday r WHERE r.day = e.business_on AND r.shard = ledger_range(e.account_id))
  UNION ALL
  SELECT p.account_id, p.journal_id, p.amount, p.business_on, p.effective_on FROM ledger_pending p;

-- The GL code of a role's legs under an event on a day; empty when the books have no rule.
CREATE FUNCTION ledger_gl_code(p_role varchar, p_event varchar, p_day date) RETURNS varchar LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT gl_code FROM ledger_glrule
    WHERE role = p_role AND event IN (p_event, '') AND valid_from <= p_day AND (valid_to IS NULL OR valid_to > p_day)
    ORDER BY event DESC LIMIT 1
  ), '')
$$;

-- Debits and credits per effective day, GL code, role and asset: summed days and live ones together. Grouped before it is
-- mapped (MATERIALIZED): a condition on the code would otherwise look the code up once an entry.
CREATE VIEW ledger_gl AS
  WITH live AS MATERIALIZED (
    SELECT l.effective_on, l.business_on, a.role, j.event, a.asset,
      coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0)::bigint AS debit, coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0)::bigint AS credit
    FROM ledger_live l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_journal j ON j.id = l.journal_id
    GROUP BY 1, 2, 3, 4, 5
  )
  SELECT day, gl_code, role, asset, debit, credit FROM ledger_gltotal
  UNION ALL
  SELECT t.effective_on, ledger_gl_code(t.role, t.event, t.business_on), t.role, t.asset, t.debit, t.credit
  FROM live t;

-- Sums one range of accounts of one business day into movements and GL totals, once; returns how many movements it wrote.
-- Pending legs of the day must have been folded.
CREATE FUNCTION ledger_roll(p_day date, p_range integer, p_at timestamptz) RETURNS integer
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

-- What stood on an account at the end of an effective day, everything known today counted in.
CREATE FUNCTION ledger_balance_on(p_account uuid, p_day date) RETURNS bigint LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  live_from date := ledger_live_from();
  total bigint;
BEGIN
  IF p_day >= (SELECT day FROM core_businessday WHERE state = 'open') THEN
    RETURN (SELECT coalesce(sum(posted), 0) FROM ledger_balance WHERE account_id = p_account)
      + (SELECT coalesce(sum(amount), 0) FROM ledger_pending WHERE account_id = p_account);
  END IF;
  SELECT coalesce(sum(credit - debit), 0) INTO total FROM ledger_movement WHERE account_id = p_account AND effective_on <= p_day;
  IF p_day < live_from THEN
    total := total + (
      SELECT coalesce(sum(amount), 0) FROM ledger_entry e
      WHERE account_id = p_account AND effective_on <= p_day AND effective_on < business_on AND business_on >= live_from
        AND NOT EXISTS (SELECT FROM ledger_rolledday r WHERE r.day = e.business_on AND r.shard = ledger_range(p_account))
    );
  ELSE
    total := total + (
      SELECT coalesce(sum(amount), 0) FROM ledger_entry e
      WHERE account_id = p_account AND effective_on <= p_day AND business_on >= live_from
        AND NOT EXISTS (SELECT FROM ledger_rolledday r WHERE r.day = e.business_on AND r.shard = ledger_range(p_account))
    );
  END IF;
  RETURN total + (SELECT coalesce(sum(amount), 0) FROM ledger_pending WHERE account_id = p_account AND effective_on <= p_day);
END $$;

-- What had reached an account's rows at an instant: the last entry of each by then. Legs of a buffered account that waited
-- then are left out, folded since or not, so that a past answer stays what it was.
CREATE FUNCTION ledger_balance_at(p_account uuid, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(last.balance_after), 0)::bigint FROM ledger_balance b
  CROSS JOIN LATERAL (
    SELECT balance_after FROM ledger_entry
    WHERE account_id = p_account AND sub = b.sub AND posted_at <= p_at ORDER BY posted_at DESC, version DESC LIMIT 1
  ) AS last WHERE b.account_id = p_account
$$;
