-- Posts many journals in one set of statements, each for itself: what `ledger_post` would answer one after another.
-- Locks the sorted union of accounts, walks the journals in memory, writes all that were accepted. With p_all, one
-- refusal keeps every one of them from being written. The same id twice in one call posts once. Legs come flat:
-- p_sizes[i] legs of journal i follow each other in p_accounts, p_amounts, p_assets. Answers nothing but one row with
-- place 0 and `missing` when accounts are not open. p_items names each leg's journal, 1 for the first.
CREATE FUNCTION ledger_post_many(
  p_ids uuid[], p_events varchar[], p_references varchar[], p_effective date[], p_metadata jsonb[], p_sizes int[], p_items int[],
  p_accounts uuid[], p_amounts bigint[], p_assets varchar[], p_all boolean
) RETURNS TABLE (
  r_place int, r_outcome text, r_posted_at timestamptz, r_business_on date, r_effective_on date,
  r_account uuid, r_wanted bigint, r_available bigint
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
  items int := cardinality(p_ids);
  legs int := cardinality(p_accounts);
  u_account uuid[];
  u_sub smallint[];
  u_mode varchar[];
  u_asset varchar[];
  u_posted bigint[];
  u_held bigint[];
  u_version bigint[];
  u_short bigint[];
  u_floor bigint[];
  u_ceiling bigint[];
  u_blocked smallint[];
  u_began bigint[];
  w_account uuid[];
  w_sub smallint[];
  w_asset varchar[];
  w_mode varchar[];
  w_posted bigint[];
  w_version bigint[];
  w_blocked smallint[];
  w_none bigint[];
  o_leg int[];
  o_at int[];
  o_wrong boolean[];
  repeated boolean;
  first_of int[];
  stored boolean[];
  posted_as int[] := array_fill(0, ARRAY[items]);
  a_start int[] := array_fill(0, ARRAY[items]);
  a_outcome text[] := array_fill(NULL::text, ARRAY[items]);
  a_account uuid[] := array_fill(NULL::uuid, ARRAY[items]);
  a_wanted bigint[] := array_fill(NULL::bigint, ARRAY[items]);
  a_available bigint[] := array_fill(NULL::bigint, ARRAY[items]);
  a_effective date[] := p_effective;
  a_business date[];
  a_posted timestamptz[];
  e_after bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
  e_version bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
  e_sub smallint[] := array_fill(NULL::smallint, ARRAY[legs]);
  e_no int[] := array_fill(0, ARRAY[legs]);
  now_at timestamptz;
  day date;
  halted boolean;
  barred boolean;
  passes boolean := false;
  indebted boolean;
  closed_through date;
  shut text;
  word text;
  at_fault uuid;
  want bigint;
  have bigint;
  x int;
  k int;
  pos int := 0;
  last int;
  mixed boolean;
  net bigint;
  was bigint;
  accepted int := 0;
  written int;
  same record;
  fresh bigint;
  current bigint;
BEGIN
  SELECT array_agg(q.account_id), array_agg(q.sub), array_agg(q.mode), array_agg(q.asset), array_agg(q.posted), array_agg(q.held),
    array_agg(q.version), array_agg(q.shortfall), array_agg(q.floor), array_agg(q.ceiling), array_agg(q.blocked),
    bool_or(q.blocked <> 0), bool_or(q.shortfall > 0)
  INTO u_account, u_sub, u_mode, u_asset, u_posted, u_held, u_version, u_short, u_floor, u_ceiling, u_blocked, barred, indebted
  FROM (
    SELECT * FROM ledger_balance WHERE account_id = ANY (p_accounts) AND sub = 0 AND mode = 's' ORDER BY account_id FOR UPDATE
  ) AS q;
  IF coalesce(cardinality(u_account), 0) < (SELECT count(DISTINCT id) FROM unnest(p_accounts) AS named (id)) THEN
    SELECT array_agg(q.account_id), array_agg(q.sub), array_agg(q.mode), array_agg(q.asset), array_agg(q.posted), array_agg(q.version),
      array_agg(q.blocked), array_agg(NULL::bigint)
    INTO w_account, w_sub, w_mode, w_asset, w_posted, w_version, w_blocked, w_none
    FROM (SELECT * FROM ledger_balance WHERE account_id = ANY (p_accounts) AND sub = 0 AND mode = 'b' ORDER BY account_id) AS q;
    u_account := u_account || w_account; u_sub := u_sub || w_sub; u_mode := u_mode || w_mode; u_asset := u_asset || w_asset;
    u_posted := u_posted || w_posted; u_version := u_version || w_version; u_blocked := u_blocked || w_blocked;
    u_held := u_held || w_none; u_short := u_short || w_none; u_floor := u_floor || w_none; u_ceiling := u_ceiling || w_none;
    SELECT array_agg(q.account_id), array_agg(q.sub), array_agg(q.mode), array_agg(q.asset), array_agg(q.posted), array_agg(q.version),
      array_agg(q.blocked), array_agg(0::bigint)
    INTO w_account, w_sub, w_mode, w_asset, w_posted, w_version, w_blocked, w_none
    FROM (
      SELECT * FROM ledger_balance
      WHERE account_id = ANY (p_accounts) AND mode = 'h' AND sub = pg_backend_pid() % subs ORDER BY account_id FOR UPDATE
    ) AS q;
    u_account := u_account || w_account; u_sub := u_sub || w_sub; u_mode := u_mode || w_mode; u_asset := u_asset || w_asset;
    u_posted := u_posted || w_posted; u_version := u_version || w_version; u_blocked := u_blocked || w_blocked;
    u_held := u_held || w_none; u_short := u_short || w_none;
    u_floor := u_floor || array_fill(NULL::bigint, ARRAY[coalesce(cardinality(w_none), 0)]);
    u_ceiling := u_ceiling || array_fill(NULL::bigint, ARRAY[coalesce(cardinality(w_none), 0)]);
    barred := EXISTS (SELECT FROM unnest(u_blocked) AS b (blocked) WHERE b.blocked <> 0);
  END IF;
  u_began := u_version;

  SELECT array_agg(l.leg), array_agg(l.x), array_agg(l.wrong) INTO o_leg, o_at, o_wrong
  FROM (
    SELECT leg.place AS leg, own.place AS x, p_assets[leg.place] <> u_asset[own.place] AS wrong
    FROM generate_series(1, legs) AS leg (place)
    JOIN generate_series(1, cardinality(u_account)) AS own (place) ON u_account[own.place] = p_accounts[leg.place]
    ORDER BY p_items[leg.place], own.place, leg.place
  ) AS l;
  IF coalesce(cardinality(o_leg), 0) < legs THEN
    r_place := 0;
    r_outcome := 'missing';
    RETURN NEXT;
    RETURN;
  END IF;
  repeated := EXISTS (SELECT FROM ledger_journal WHERE id = ANY (p_ids)) OR (SELECT count(DISTINCT id) FROM unnest(p_ids) AS i (id)) < items;
  IF repeated THEN
    SELECT array_agg(q.first_place ORDER BY q.place), array_agg(q.known ORDER BY q.place) INTO first_of, stored
    FROM (
      SELECT place, min(place) OVER (PARTITION BY i.id) AS first_place, j.id IS NOT NULL AS known
      FROM unnest(p_ids) WITH ORDINALITY AS i (id, place)
      LEFT JOIN (SELECT id FROM ledger_journal WHERE id = ANY (p_ids)) AS j ON j.id = i.id
    ) AS q;
  END IF;

  SELECT core_now(), (SELECT b.day FROM core_businessday b WHERE b.state = 'open'), EXISTS (SELECT FROM ledger_halt WHERE lifted_at IS NULL),
    (SELECT max(through_on) FROM ledger_periodclose)
  INTO now_at, day, halted, closed_through;
  shut := CASE WHEN halted THEN 'halted' WHEN day IS NULL THEN 'no_day' END;
  a_business := array_fill(day, ARRAY[items]);
  a_posted := array_fill(now_at, ARRAY[items]);

  FOR i IN 1..items LOOP
    word := NULL;
    at_fault := NULL;
    want := NULL;
    have := NULL;
    a_start[i] := pos;
    last := pos + p_sizes[i];
    IF barred THEN
      passes := EXISTS (SELECT FROM ledger_event e WHERE e.event = p_events[i] AND e.passes_freeze);
    END IF;
    k := pos + 1;
    WHILE k <= last LOOP
      x := o_at[k];
      net := p_amounts[o_leg[k]];
      mixed := o_wrong[k];
      WHILE k < last AND o_at[k + 1] = x LOOP
        k := k + 1;
        net := net + p_amounts[o_leg[k]];
        mixed := mixed OR o_wrong[k];
      END LOOP;
      k := k + 1;
      was := u_posted[x];
      fresh := was + net;
      IF mixed THEN
        word := 'asset';
      ELSIF barred AND ((u_blocked[x] & 1 = 1 AND net < 0) OR (u_blocked[x] & 2 = 2 AND net > 0)) AND NOT passes THEN
        word := 'frozen';
      ELSIF net > 0 AND fresh > u_ceiling[x] THEN
        word := 'ceiling';
        want := net;
        have := greatest(u_ceiling[x] - was, 0);
      ELSIF net < 0 AND fresh - u_held[x] < u_floor[x] THEN
        word := 'insufficient';
        want := -net;
        have := greatest(was - u_held[x] - u_floor[x], 0);
      ELSIF abs(fresh) > 2305843009213693952 AND abs(fresh) > abs(was) THEN
        word := 'range';
      END IF;
      IF word IS NOT NULL THEN
        at_fault := u_account[x];
        EXIT;
      END IF;
    END LOOP;
    IF word IS NULL THEN
      word := shut;
    END IF;
    IF a_effective[i] IS NULL THEN
      a_effective[i] := day;
    ELSIF word IS NULL THEN
      word := CASE
        WHEN a_effective[i] > day THEN 'future'
        WHEN a_effective[i] < day AND a_effective[i] <= closed_through THEN 'closed' END;
    END IF;
    IF stored[i] THEN
      SELECT * INTO same FROM ledger_seen(p_ids[i], p_events[i],
        (SELECT array_agg(p_accounts[n] ORDER BY n) FROM generate_series(pos + 1, last) AS n),
        (SELECT array_agg(p_amounts[n] ORDER BY n) FROM generate_series(pos + 1, last) AS n),
        (SELECT array_agg(p_assets[n] ORDER BY n) FROM generate_series(pos + 1, last) AS n),
        p_references[i], p_effective[i], p_metadata[i], NULL, NULL);
      word := same.r_outcome;
      a_posted[i] := same.r_posted_at;
      a_business[i] := same.r_business_on;
      a_effective[i] := same.r_effective_on;
    ELSIF posted_as[first_of[i]] > 0 THEN
      x := posted_as[first_of[i]];
      word := CASE WHEN p_events[i] = p_events[x] AND p_references[i] = p_references[x]
        AND (p_effective[i] IS NULL OR p_effective[i] = a_effective[x]) AND p_metadata[i] IS NOT DISTINCT FROM p_metadata[x]
        AND (SELECT array_agg(ROW (l.a, l.b, l.c) ORDER BY l.n) FROM unnest(p_items, p_accounts, p_amounts, p_assets) WITH ORDINALITY AS l (item, a, b, c, n)
            WHERE l.item = i)
          IS NOT DISTINCT FROM
          (SELECT array_agg(ROW (l.a, l.b, l.c) ORDER BY l.n) FROM unnest(p_items, p_accounts, p_amounts, p_assets) WITH ORDINALITY AS l (item, a, b, c, n)
            WHERE l.item = x)
        THEN 'replayed' ELSE 'conflict' END;
      a_effective[i] := a_effective[x];
    ELSIF word IS NULL THEN
      word := 'posted';
      accepted := accepted + 1;
      IF repeated THEN
        posted_as[first_of[i]] := i;
      END IF;
      FOR n IN pos + 1..last LOOP
        x := o_at[n];
        k := o_leg[n];
        e_no[k] := k - pos;
        IF u_mode[x] <> 'b' THEN
          fresh := u_posted[x] + p_amounts[k];
          u_posted[x] := fresh;
          e_after[k] := fresh;
          fresh := u_version[x] + 1;
          u_version[x] := fresh;
          e_version[k] := fresh;
          e_sub[k] := u_sub[x];
        END IF;
      END LOOP;
      IF indebted THEN
        FOR n IN pos + 1..last LOOP
          x := o_at[n];
          u_short[x] := least(u_short[x], greatest(0, u_floor[x] - u_posted[x] + u_held[x]));
        END LOOP;
      END IF;
    END IF;
    a_outcome[i] := word;
    a_account[i] := at_fault;
    a_wanted[i] := want;
    a_available[i] := have;
    pos := last;
  END LOOP;

  IF accepted > 0 AND NOT (p_all AND EXISTS (SELECT FROM unnest(a_outcome) AS o (word) WHERE o.word NOT IN ('posted', 'replayed'))) THEN
    current := pg_current_xact_id()::text::bigint;
    INSERT INTO ledger_journal
      (id, event, business_on, effective_on, posted_at, transaction, accounts, amounts, assets, reference, metadata, shard)
    SELECT p_ids[i], p_events[i], day, a_effective[i], now_at, current, l.accounts, l.amounts, l.assets, p_references[i], p_metadata[i],
      get_byte(uuid_send(p_accounts[a_start[i] + 1]), 0)
    FROM generate_series(1, items) AS i
    CROSS JOIN LATERAL (
      SELECT ARRAY[p_accounts[a_start[i] + 1], p_accounts[a_start[i] + 2]], ARRAY[p_amounts[a_start[i] + 1], p_amounts[a_start[i] + 2]],
        ARRAY[p_assets[a_start[i] + 1], p_assets[a_start[i] + 2]]
      WHERE p_sizes[i] = 2
      UNION ALL
      SELECT array_agg(p_accounts[n] ORDER BY n), array_agg(p_amounts[n] ORDER BY n), array_agg(p_assets[n] ORDER BY n)
      FROM generate_series(a_start[i] + 1, a_start[i] + p_sizes[i]) AS n HAVING p_sizes[i] <> 2
    ) AS l (accounts, amounts, assets)
    WHERE a_outcome[i] = 'posted'
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> accepted THEN
      RAISE EXCEPTION 'another transaction posted one of these journals meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    UPDATE ledger_balance AS own SET posted = u_posted[u.place], version = u_version[u.place], shortfall = u_short[u.place]
    FROM generate_series(1, cardinality(u_account)) AS u (place)
    WHERE own.account_id = u_account[u.place] AND own.sub = u_sub[u.place] AND u_version[u.place] <> u_began[u.place] AND u_mode[u.place] <> 'b';
    INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
    SELECT p_accounts[leg], p_ids[p_items[leg]], p_amounts[leg], e_after[leg], e_version[leg], now_at, day, a_effective[p_items[leg]],
      e_sub[leg], e_no[leg]
    FROM generate_series(1, legs) AS leg WHERE e_version[leg] IS NOT NULL;
    IF 'b' = ANY (u_mode) THEN
      INSERT INTO ledger_pending (account_id, journal_id, leg, amount, business_on, effective_on, posted_at, reference)
      SELECT p_accounts[leg], p_ids[p_items[leg]], e_no[leg], p_amounts[leg], day, a_effective[p_items[leg]], now_at, p_references[p_items[leg]]
      FROM generate_series(1, legs) AS leg WHERE e_version[leg] IS NULL AND a_outcome[p_items[leg]] = 'posted';
    END IF;
  END IF;
  RETURN QUERY SELECT i, a_outcome[i], a_posted[i], a_business[i], a_effective[i], a_account[i], a_wanted[i], a_available[i]
  FROM generate_series(1, items) AS i;
END $$;
