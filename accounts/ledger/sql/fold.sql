-- Takes up to p_limit pending legs of one buffered account into its balance, entries and open items; returns how many.
-- Answers 0 at once when another worker folds the account: legs that wait are never changed, and nobody but the holder of the
-- balance's row deletes them, so a leg stays where it was found. With p_day only legs of that business day or before.
CREATE FUNCTION ledger_fold(p_account uuid, p_limit integer, p_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  own ledger_balance;
  folded integer;
  total bigint;
  now_at timestamptz;
BEGIN
  SELECT * INTO own FROM ledger_balance WHERE account_id = p_account AND sub = 0 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  now_at := core_now();
  WITH taken AS (
    DELETE FROM ledger_pending p USING (
      SELECT ctid FROM ledger_pending
      WHERE account_id = p_account AND (p_day IS NULL OR business_on <= p_day) ORDER BY journal_id, leg LIMIT p_limit
    ) AS picked
    WHERE p.ctid = picked.ctid
    RETURNING p.*
  ), placed AS (
    SELECT *, own.version + row_number() OVER w AS version, own.posted + sum(amount) OVER w AS after
    FROM taken WINDOW w AS (ORDER BY posted_at, journal_id, leg ROWS UNBOUNDED PRECEDING)
  ), written AS (
    INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
    SELECT account_id, journal_id, amount, after, version, now_at, business_on, effective_on, 0, leg FROM placed ORDER BY version
  ), items AS (
    INSERT INTO ledger_openitem AS item (account_id, reference, amount, since)
    SELECT p_account, reference, sum(amount), min(posted_at) FROM taken
    WHERE EXISTS (
      SELECT FROM ledger_account a JOIN ledger_role r ON r.role = a.role WHERE a.id = p_account AND r.clearing
    )
    GROUP BY reference
    ON CONFLICT (account_id, reference) DO UPDATE SET amount = item.amount + excluded.amount
  )
  SELECT count(*), coalesce(sum(amount), 0) INTO folded, total FROM taken;
  IF folded > 0 THEN
    UPDATE ledger_balance SET posted = posted + total, version = version + folded WHERE account_id = p_account AND sub = 0;
    DELETE FROM ledger_openitem WHERE account_id = p_account AND amount = 0;
  END IF;
  RETURN folded;
END $$;
