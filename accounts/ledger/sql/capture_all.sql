-- Takes several holds, each as a whole, by one journal: the balances are locked in the order `ledger_post` locks them, the holds are
-- ended, the journal is posted with the first of them as its own. A refusal undoes the ends and says why, as `ledger_post` does.
-- Further holds on the first one's account are taken as part of it, since `ledger_post` knows one hold: it stands for all of them
-- while it is posted, and no other transaction sees that.
-- Sent again, the holds named must be those the journal took, all of them and no other: more, fewer or others are another movement.
CREATE OR REPLACE FUNCTION ledger_capture_all(
  p_id uuid, p_event varchar, p_accounts uuid[], p_amounts bigint[], p_assets varchar[], p_reference varchar, p_metadata jsonb,
  p_holds uuid[], p_at timestamptz,
  OUT r_outcome text, OUT r_posted_at timestamptz, OUT r_business_on date, OUT r_effective_on date,
  OUT r_account uuid, OUT r_wanted bigint, OUT r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  h ledger_hold;
  first_account uuid;
  first_amount bigint;
  merged bigint;
  mismatched boolean;
BEGIN
  PERFORM FROM ledger_balance WHERE account_id = ANY (p_accounts) AND sub = 0 AND mode = 's' ORDER BY account_id FOR UPDATE;
  SELECT seen.r_outcome, seen.r_posted_at, seen.r_business_on, seen.r_effective_on INTO r_outcome, r_posted_at, r_business_on, r_effective_on
  FROM ledger_seen(p_id, p_event, p_accounts, p_amounts, p_assets, p_reference, NULL, p_metadata, NULL,
    coalesce((SELECT hold_id FROM ledger_journal WHERE id = p_id AND hold_id = ANY (p_holds)), p_holds[1])) AS seen;
  IF r_outcome IS NOT NULL THEN
    IF (SELECT array_agg(id ORDER BY id) FROM ledger_hold WHERE journal_id = p_id)
      IS DISTINCT FROM (SELECT array_agg(id ORDER BY id) FROM unnest(p_holds) AS named (id)) THEN
      r_outcome := 'conflict';
    END IF;
    RETURN;
  END IF;
  SELECT EXISTS (
    SELECT FROM (SELECT account_id, sum(amount) AS kept FROM ledger_hold WHERE id = ANY (p_holds) GROUP BY account_id) AS held
    WHERE kept <> (SELECT -coalesce(sum(amount), 0) FROM unnest(p_accounts, p_amounts) AS leg (account_id, amount) WHERE leg.account_id = held.account_id)
  ) INTO mismatched;
  SELECT account_id, amount, amount INTO first_account, first_amount, merged FROM ledger_hold WHERE id = p_holds[1];
  BEGIN
    FOR i IN 2..cardinality(p_holds) LOOP
      SELECT * INTO h FROM ledger_hold WHERE id = p_holds[i] FOR UPDATE;
      r_outcome := CASE
        WHEN NOT FOUND THEN 'hold_unknown'
        WHEN h.state <> 'open' THEN 'hold_' || h.state
        WHEN h.expires_at <= p_at THEN 'hold_expired'
        WHEN mismatched THEN 'hold_mismatch' END;
      IF r_outcome IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'LC001';
      END IF;
      UPDATE ledger_hold SET state = 'captured', captured = h.amount, journal_id = p_id, changed_at = p_at WHERE id = h.id;
      IF h.account_id = first_account THEN
        merged := merged + h.amount;
      ELSE
        UPDATE ledger_balance SET held = held - h.amount WHERE account_id = h.account_id AND sub = 0;
      END IF;
    END LOOP;
    IF merged <> first_amount THEN
      UPDATE ledger_hold SET amount = merged WHERE id = p_holds[1] AND state = 'open';
    END IF;
    SELECT done.* INTO r_outcome, r_posted_at, r_business_on, r_effective_on, r_account, r_wanted, r_available
    FROM ledger_post(p_id, p_event, p_accounts, p_amounts, p_assets, p_reference, NULL, p_metadata, NULL, p_holds[1],
      (SELECT -sum(leg.amount) FROM unnest(p_accounts, p_amounts) AS leg (account_id, amount)
       WHERE leg.account_id = first_account)::bigint, p_at) AS done;
    IF r_outcome <> 'posted' THEN
      RAISE EXCEPTION USING ERRCODE = 'LC001';
    END IF;
    IF merged <> first_amount THEN
      UPDATE ledger_hold SET amount = first_amount, captured = first_amount WHERE id = p_holds[1];
    END IF;
  EXCEPTION WHEN SQLSTATE 'LC001' THEN
    NULL;
  END;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_capture_all(uuid, varchar, uuid[], bigint[], varchar[], varchar, jsonb, uuid[], timestamptz) FROM PUBLIC;
