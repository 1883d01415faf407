-- What is already stored under a journal id: NULL for nothing, `replayed` for the same content, `conflict` for other.
CREATE FUNCTION ledger_seen(
  p_id uuid, p_event varchar, p_accounts uuid[], p_amounts bigint[], p_assets varchar[], p_reference varchar,
  p_effective date, p_metadata jsonb, p_reverses uuid, p_hold uuid,
  OUT r_outcome text, OUT r_posted_at timestamptz, OUT r_business_on date, OUT r_effective_on date
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  j ledger_journal;
BEGIN
  SELECT * INTO j FROM ledger_journal WHERE id = p_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  r_posted_at := j.posted_at;
  r_business_on := j.business_on;
  r_effective_on := j.effective_on;
  IF j.event = p_event AND j.accounts = p_accounts AND j.amounts = p_amounts AND j.assets = p_assets
    AND j.reference = p_reference AND (p_effective IS NULL OR j.effective_on = p_effective)
    AND j.metadata IS NOT DISTINCT FROM p_metadata AND j.reverses IS NOT DISTINCT FROM p_reverses
    AND j.hold_id IS NOT DISTINCT FROM p_hold THEN
    r_outcome := 'replayed';
  ELSE
    r_outcome := 'conflict';
  END IF;
END $$;

-- Posts one journal. Never raises for a refusal: writes nothing and says why, so that a caller may go on in its
-- transaction. Order: lock balances by key, then the hold, then read day and clock, then check, then write.
-- A leg is at most 2^50 minor units (a CHECK), a balance goes no further than 2^61 either way ('range'), so that no sum leaves
-- a bigint; of a buffered account what is folded counts, and 6,000 legs of the largest size may wait on top of it.
-- The clock is core_now() written out, which saves a call of an SQL function. IFs are nested where a condition reads a
-- table, so that the usual case stays a simple expression. Reading the day after the first statement on ledger_balance is what makes the end of day's barrier hold.
CREATE FUNCTION ledger_post(
  p_id uuid, p_event varchar, p_accounts uuid[], p_amounts bigint[], p_assets varchar[], p_reference varchar,
  p_effective date, p_metadata jsonb, p_reverses uuid, p_hold uuid, p_capture bigint, p_at timestamptz,
  OUT r_outcome text, OUT r_posted_at timestamptz, OUT r_business_on date, OUT r_effective_on date,
  OUT r_account uuid, OUT r_wanted bigint, OUT r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  legs int := cardinality(p_accounts);
  placed int := 0;
  touched int := 0;
  written int;
  b record;
  s record;
  h record;
  hold_account uuid;
  hold_amount bigint := 0;
  hold_delta bigint;
  running bigint;
  net bigint;
  counted bigint;
  kept bigint;
  spare bigint;
  forced boolean;
  halted boolean;
  k_account uuid[] := '{}';
  k_sub smallint[] := '{}';
  k_posted bigint[] := '{}';
  k_held bigint[] := '{}';
  k_version bigint[] := '{}';
  k_shortfall bigint[] := '{}';
  e_sub smallint[] := array_fill(NULL::smallint, ARRAY[legs]);
  e_after bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
  e_version bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
BEGIN
  IF p_hold IS NOT NULL THEN
    SELECT account_id, amount INTO hold_account, hold_amount FROM ledger_hold WHERE id = p_hold;
    IF NOT FOUND THEN
      r_outcome := 'hold_unknown';
    END IF;
  END IF;

  FOR b IN
    SELECT account_id, posted, held, version, shortfall, floor, ceiling, blocked, asset
    FROM ledger_balance WHERE account_id = ANY (p_accounts) AND sub = 0 AND mode = 's' ORDER BY account_id FOR UPDATE
  LOOP
    running := b.posted;
    counted := b.version;
    FOR i IN 1..legs LOOP
      IF p_accounts[i] = b.account_id THEN
        running := running + p_amounts[i];
        counted := counted + 1;
        placed := placed + 1;
        e_sub[i] := 0;
        e_after[i] := running;
        e_version[i] := counted;
        IF p_assets[i] <> b.asset AND r_outcome IS NULL THEN
          r_outcome := 'asset';
          r_account := b.account_id;
        END IF;
      END IF;
    END LOOP;
    kept := b.held;
    IF hold_account = b.account_id THEN
      kept := kept - hold_amount;
      hold_delta := running - b.posted;
    END IF;
    IF b.blocked <> 0 AND ((b.blocked & 1 = 1 AND running < b.posted) OR (b.blocked & 2 = 2 AND running > b.posted)) AND r_outcome IS NULL THEN
      IF NOT EXISTS (SELECT FROM ledger_event e WHERE e.event = p_event AND e.passes_freeze) THEN
        r_outcome := 'frozen';
        r_account := b.account_id;
      END IF;
    END IF;
    IF b.ceiling IS NOT NULL AND running > b.posted AND running > b.ceiling AND r_outcome IS NULL THEN
      r_outcome := 'ceiling';
      r_account := b.account_id;
      r_wanted := running - b.posted;
      r_available := greatest(b.ceiling - b.posted, 0);
    END IF;
    spare := 0;
    IF b.floor IS NOT NULL THEN
      spare := least(b.shortfall, greatest(0, b.floor - running + kept));
      IF running - kept < b.floor AND running - kept < b.posted - b.held AND r_outcome IS NULL THEN
        IF forced IS NULL THEN
          forced := p_reverses IS NOT NULL AND EXISTS (SELECT FROM ledger_event e WHERE e.event = p_event AND e.forced);
        END IF;
        IF forced THEN
          spare := b.floor - running + kept;
        ELSE
          r_outcome := 'insufficient';
          r_account := b.account_id;
          r_wanted := b.posted - running;
          r_available := greatest(b.posted - b.held - b.floor, 0);
        END IF;
      END IF;
    END IF;
    IF abs(running) > 2305843009213693952 AND abs(running) > abs(b.posted) AND r_outcome IS NULL THEN
      r_outcome := 'range';
      r_account := b.account_id;
    END IF;
    touched := touched + 1;
    k_account[touched] := b.account_id;
    k_sub[touched] := 0;
    k_posted[touched] := running;
    k_held[touched] := kept;
    k_version[touched] := counted;
    k_shortfall[touched] := spare;
  END LOOP;

  IF placed < legs THEN
    FOR b IN
      SELECT account_id, mode, subs, blocked, asset, posted FROM ledger_balance
      WHERE account_id = ANY (p_accounts) AND sub = 0 AND mode <> 's' ORDER BY account_id
    LOOP
      kept := b.posted;
      IF b.mode = 'h' THEN
        SELECT account_id, sub, posted, held, version INTO s FROM ledger_balance
        WHERE account_id = b.account_id AND sub = pg_backend_pid() % b.subs FOR UPDATE;
        kept := s.posted;
        running := s.posted;
        counted := s.version;
      END IF;
      net := 0;
      FOR i IN 1..legs LOOP
        IF p_accounts[i] = b.account_id THEN
          placed := placed + 1;
          net := net + p_amounts[i];
          IF b.mode = 'h' THEN
            running := running + p_amounts[i];
            counted := counted + 1;
            e_sub[i] := s.sub;
            e_after[i] := running;
            e_version[i] := counted;
          END IF;
          IF p_assets[i] <> b.asset AND r_outcome IS NULL THEN
            r_outcome := 'asset';
            r_account := b.account_id;
          END IF;
        END IF;
      END LOOP;
      IF b.blocked <> 0 AND ((b.blocked & 1 = 1 AND net < 0) OR (b.blocked & 2 = 2 AND net > 0)) AND r_outcome IS NULL THEN
        IF NOT EXISTS (SELECT FROM ledger_event e WHERE e.event = p_event AND e.passes_freeze) THEN
          r_outcome := 'frozen';
          r_account := b.account_id;
        END IF;
      END IF;
      IF abs(kept + net) > 2305843009213693952 AND abs(kept + net) > abs(kept) AND r_outcome IS NULL THEN
        r_outcome := 'range';
        r_account := b.account_id;
      END IF;
      IF b.mode = 'h' THEN
        touched := touched + 1;
        k_account[touched] := b.account_id;
        k_sub[touched] := s.sub;
        k_posted[touched] := running;
        k_held[touched] := 0;
        k_version[touched] := counted;
        k_shortfall[touched] := 0;
      END IF;
    END LOOP;
    IF placed < legs THEN
      r_outcome := 'missing';
    END IF;
  END IF;

  IF p_hold IS NOT NULL AND r_outcome IS DISTINCT FROM 'hold_unknown' THEN
    SELECT state, expires_at INTO h FROM ledger_hold WHERE id = p_hold FOR UPDATE;
    r_outcome := CASE
      WHEN h.state <> 'open' THEN 'hold_' || h.state
      WHEN h.expires_at <= p_at THEN 'hold_expired'
      WHEN p_capture > hold_amount THEN 'hold_exceeded'
      WHEN hold_delta IS DISTINCT FROM -p_capture THEN 'hold_mismatch'
      ELSE r_outcome END;
    IF r_outcome = 'hold_exceeded' THEN
      r_wanted := p_capture;
      r_available := hold_amount;
    END IF;
  END IF;

  SELECT clock_timestamp() + coalesce((SELECT offset_seconds FROM core_sandboxclock WHERE id = 1), 0) * interval '1 second',
    (SELECT day FROM core_businessday WHERE state = 'open'), EXISTS (SELECT FROM ledger_halt WHERE lifted_at IS NULL)
  INTO r_posted_at, r_business_on, halted;
  r_effective_on := coalesce(p_effective, r_business_on);
  IF r_outcome IS NULL THEN
    IF halted THEN
      r_outcome := 'halted';
    ELSIF r_business_on IS NULL THEN
      r_outcome := 'no_day';
    ELSIF r_effective_on > r_business_on THEN
      r_outcome := 'future';
    ELSIF r_effective_on < r_business_on THEN
      IF EXISTS (SELECT FROM ledger_periodclose WHERE through_on >= r_effective_on) THEN
        r_outcome := 'closed';
      END IF;
    END IF;
  END IF;
  IF p_reverses IS NOT NULL THEN
    IF EXISTS (SELECT FROM ledger_reversal WHERE reverses = p_reverses) THEN
      r_outcome := 'reversed';
    END IF;
  END IF;

  IF r_outcome IS NULL THEN
    INSERT INTO ledger_journal
      (id, event, business_on, effective_on, posted_at, accounts, amounts, assets, reference, reverses, hold_id, metadata, shard)
    VALUES (p_id, p_event, r_business_on, r_effective_on, r_posted_at, p_accounts, p_amounts, p_assets, p_reference, p_reverses, p_hold,
      p_metadata, get_byte(uuid_send(p_accounts[1]), 0))
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      r_outcome := 'posted';
    END IF;
  END IF;
  IF r_outcome IS DISTINCT FROM 'posted' THEN
    SELECT coalesce(seen.r_outcome, ledger_post.r_outcome), coalesce(seen.r_posted_at, ledger_post.r_posted_at),
      coalesce(seen.r_business_on, ledger_post.r_business_on), coalesce(seen.r_effective_on, ledger_post.r_effective_on)
    INTO r_outcome, r_posted_at, r_business_on, r_effective_on
    FROM ledger_seen(p_id, p_event, p_accounts, p_amounts, p_assets, p_reference, p_effective, p_metadata, p_reverses, p_hold) AS seen;
    RETURN;
  END IF;

  IF p_reverses IS NOT NULL THEN
    INSERT INTO ledger_reversal (reverses, journal_id) VALUES (p_reverses, p_id);
  END IF;
  IF p_hold IS NOT NULL THEN
    UPDATE ledger_hold SET state = 'captured', captured = p_capture, journal_id = p_id, changed_at = p_at WHERE id = p_hold;
  END IF;
  IF touched > 0 THEN
    UPDATE ledger_balance AS own SET posted = k.posted, held = k.held, version = k.version, shortfall = k.shortfall
    FROM unnest(k_account, k_sub, k_posted, k_held, k_version, k_shortfall) AS k (account_id, sub, posted, held, version, shortfall)
    WHERE own.account_id = k.account_id AND own.sub = k.sub;
    GET DIAGNOSTICS written = ROW_COUNT;
    ASSERT written = touched, 'a locked balance row was not written';
    INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
    SELECT e.account_id, p_id, e.amount, e.balance_after, e.version, r_posted_at, r_business_on, r_effective_on, e.sub, e.leg
    FROM unnest(p_accounts, p_amounts, e_after, e_version, e_sub) WITH ORDINALITY AS e (account_id, amount, balance_after, version, sub, leg)
    WHERE e.version IS NOT NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    placed := placed - written;
  END IF;
  IF placed > 0 THEN
    INSERT INTO ledger_pending (account_id, journal_id, leg, amount, business_on, effective_on, posted_at, reference)
    SELECT e.account_id, p_id, e.leg, e.amount, r_business_on, r_effective_on, r_posted_at, p_reference
    FROM unnest(p_accounts, p_amounts, e_version) WITH ORDINALITY AS e (account_id, amount, version, leg)
    WHERE e.version IS NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    ASSERT written = placed, 'a leg was written nowhere';
  END IF;
END $$;

-- Posts the mirror image of a journal, once: the journal's row is locked first, since accounts that take no lock of their own
-- would let two reversals meet at the reversal's key.
CREATE FUNCTION ledger_reverse(
  p_id uuid, p_reverses uuid, p_event varchar, p_reference varchar, p_effective date, p_metadata jsonb, p_at timestamptz,
  OUT r_outcome text, OUT r_posted_at timestamptz, OUT r_business_on date, OUT r_effective_on date,
  OUT r_account uuid, OUT r_wanted bigint, OUT r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  j ledger_journal;
BEGIN
  SELECT * INTO j FROM ledger_journal WHERE id = p_reverses FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    r_outcome := 'unknown';
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM ledger_reversal WHERE reverses = p_reverses AND journal_id <> p_id) THEN
    r_outcome := 'reversed';
    RETURN;
  END IF;
  SELECT done.* INTO r_outcome, r_posted_at, r_business_on, r_effective_on, r_account, r_wanted, r_available
  FROM ledger_post(p_id, p_event, j.accounts, (SELECT array_agg(-amount ORDER BY place) FROM unnest(j.amounts) WITH ORDINALITY AS leg (amount, place)),
    j.assets, coalesce(p_reference, j.reference), p_effective, p_metadata, p_reverses, NULL, NULL, p_at) AS done;
END $$;
