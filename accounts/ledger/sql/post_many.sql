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
  o_net bigint[];
  o_head boolean[];
  o_wrong boolean[];
  first_of int[];
  stored boolean[];
  posted_as int[] := array_fill(0, ARRAY[items]);
  a_outcome text[] := array_fill(NULL::text, ARRAY[items]);
  a_account uuid[] := array_fill(NULL::uuid, ARRAY[items]);
  a_wanted bigint[] := array_fill(NULL::bigint, ARRAY[items]);
  a_available bigint[] := array_fill(NULL::bigint, ARRAY[items]);
  a_effective date[] := p_effective;
  a_business date[];
  a_posted timestamptz[];
  e_after bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_accounts)]);
  e_version bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_accounts)]);
  now_at timestamptz;
  day date;
  halted boolean;
  barred boolean;
  passes boolean := false;
  indebted boolean;
  closed_through date;
  word text;
  at_fault uuid;
  want bigint;
  have bigint;
  x int;
  pos int := 0;
  last int;
  accepted int := 0;
  written int;
  same record;
  fresh bigint;
BEGIN
  SELECT array_agg(q.account_id), array_agg(q.sub), array_agg(q.mode), array_agg(q.asset), array_agg(q.posted), array_agg(q.held),
    array_agg(q.version), array_agg(q.shortfall), array_agg(q.floor), array_agg(q.ceiling), array_agg(q.blocked)
  INTO u_account, u_sub, u_mode, u_asset, u_posted, u_held, u_version, u_short, u_floor, u_ceiling, u_blocked
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
  END IF;
  u_began := u_version;
  barred := EXISTS (SELECT FROM unnest(u_blocked) AS b (blocked) WHERE b.blocked > 0);
  indebted := EXISTS (SELECT FROM unnest(u_short) AS s (short) WHERE s.short > 0);

  SELECT array_agg(l.leg), array_agg(l.x), array_agg(l.net), array_agg(l.head), array_agg(l.wrong)
  INTO o_leg, o_at, o_net, o_head, o_wrong
  FROM (
    SELECT leg.place AS leg, u.x, sum(leg.amount) OVER w AS net, leg.place = min(leg.place) OVER w AS head,
      bool_or(leg.asset <> u.asset) OVER w AS wrong
    FROM unnest(p_items, p_accounts, p_amounts, p_assets) WITH ORDINALITY AS leg (item, account_id, amount, asset, place)
    JOIN unnest(u_account, u_asset) WITH ORDINALITY AS u (account_id, asset, x) ON u.account_id = leg.account_id
    WINDOW w AS (PARTITION BY leg.item, u.x)
    ORDER BY leg.item, u.x, leg.place
  ) AS l;
  IF coalesce(cardinality(o_leg), 0) < cardinality(p_accounts) THEN
    r_place := 0;
    r_outcome := 'missing';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT array_agg(q.first_place ORDER BY q.place), array_agg(q.known ORDER BY q.place) INTO first_of, stored
  FROM (
    SELECT place, min(place) OVER (PARTITION BY i.id) AS first_place, j.id IS NOT NULL AS known
    FROM unnest(p_ids) WITH ORDINALITY AS i (id, place) LEFT JOIN ledger_journal j ON j.id = i.id
  ) AS q;

  SELECT core_now(), (SELECT b.day FROM core_businessday b WHERE b.state = 'open'), EXISTS (SELECT FROM ledger_halt WHERE lifted_at IS NULL),
    (SELECT max(through_on) FROM ledger_periodclose)
  INTO now_at, day, halted, closed_through;
  a_business := array_fill(day, ARRAY[items]);
  a_posted := array_fill(now_at, ARRAY[items]);

  FOR i IN 1..items LOOP
    word := NULL;
    at_fault := NULL;
    want := NULL;
    have := NULL;
    last := pos + p_sizes[i];
    IF barred THEN
      passes := EXISTS (SELECT FROM ledger_event e WHERE e.event = p_events[i] AND e.passes_freeze);
    END IF;
    IF a_effective[i] IS NULL THEN
      a_effective[i] := day;
    END IF;
    FOR k IN pos + 1..last LOOP
      CONTINUE WHEN NOT o_head[k];
      x := o_at[k];
      IF o_wrong[k] THEN
        word := 'asset';
      ELSIF u_blocked[x] <> 0 AND ((u_blocked[x] & 1 = 1 AND o_net[k] < 0) OR (u_blocked[x] & 2 = 2 AND o_net[k] > 0)) AND NOT passes THEN
        word := 'frozen';
      ELSIF o_net[k] > 0 AND u_posted[x] + o_net[k] > u_ceiling[x] THEN
        word := 'ceiling';
        want := o_net[k];
        have := greatest(u_ceiling[x] - u_posted[x], 0);
      ELSIF o_net[k] < 0 AND u_posted[x] + o_net[k] - u_held[x] < u_floor[x] THEN
        word := 'insufficient';
        want := -o_net[k];
        have := greatest(u_posted[x] - u_held[x] - u_floor[x], 0);
      ELSIF abs(u_posted[x] + o_net[k]) > 2305843009213693952 AND abs(u_posted[x] + o_net[k]) > abs(u_posted[x]) THEN
        word := 'range';
      END IF;
      IF word IS NOT NULL THEN
        at_fault := u_account[x];
        EXIT;
      END IF;
    END LOOP;
    IF word IS NULL THEN
      word := CASE
        WHEN halted THEN 'halted'
        WHEN day IS NULL THEN 'no_day'
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
      posted_as[first_of[i]] := i;
      FOR k IN pos + 1..last LOOP
        x := o_at[k];
        IF u_mode[x] <> 'b' THEN
          fresh := u_posted[x] + p_amounts[o_leg[k]];
          u_posted[x] := fresh;
          u_version[x] := u_version[x] + 1;
          e_after[o_leg[k]] := fresh;
          e_version[o_leg[k]] := u_version[x];
        END IF;
      END LOOP;
      IF indebted THEN
        FOR k IN pos + 1..last LOOP
          x := o_at[k];
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
    INSERT INTO ledger_journal (id, event, business_on, effective_on, posted_at, accounts, amounts, assets, reference, metadata, shard)
    SELECT i.id, i.event, day, i.effective_on, now_at, l.accounts, l.amounts, l.assets, i.reference, i.metadata,
      get_byte(uuid_send(l.accounts[1]), 0)
    FROM unnest(p_ids, p_events, p_references, a_effective, p_metadata, a_outcome)
      WITH ORDINALITY AS i (id, event, reference, effective_on, metadata, outcome, place)
    JOIN (
      SELECT item, array_agg(account_id ORDER BY place) AS accounts, array_agg(amount ORDER BY place) AS amounts,
        array_agg(asset ORDER BY place) AS assets
      FROM unnest(p_items, p_accounts, p_amounts, p_assets) WITH ORDINALITY AS leg (item, account_id, amount, asset, place) GROUP BY item
    ) AS l ON l.item = i.place
    WHERE i.outcome = 'posted'
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> accepted THEN
      RAISE EXCEPTION 'another transaction posted one of these journals meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    UPDATE ledger_balance AS own SET posted = k.posted, version = k.version, shortfall = k.short
    FROM unnest(u_account, u_sub, u_mode, u_posted, u_version, u_short, u_began) AS k (account_id, sub, mode, posted, version, short, began)
    WHERE own.account_id = k.account_id AND own.sub = k.sub AND k.version <> k.began AND k.mode <> 'b';
    INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
    SELECT e.account_id, p_ids[e.item], e.amount, e.balance_after, e.version, now_at, day, a_effective[e.item], u.sub, e.no
    FROM (
      SELECT *, row_number() OVER (PARTITION BY item ORDER BY place) AS no
      FROM unnest(p_items, p_accounts, p_amounts, e_after, e_version)
        WITH ORDINALITY AS leg (item, account_id, amount, balance_after, version, place)
    ) AS e JOIN unnest(u_account, u_sub) AS u (account_id, sub) ON u.account_id = e.account_id
    WHERE e.version IS NOT NULL;
    IF 'b' = ANY (u_mode) THEN
      INSERT INTO ledger_pending (account_id, journal_id, leg, amount, business_on, effective_on, posted_at, reference)
      SELECT e.account_id, p_ids[e.item], e.no, e.amount, day, a_effective[e.item], now_at, p_references[e.item]
      FROM (
        SELECT *, row_number() OVER (PARTITION BY item ORDER BY place) AS no
        FROM unnest(p_items, p_accounts, p_amounts, e_version) WITH ORDINALITY AS leg (item, account_id, amount, version, place)
      ) AS e WHERE e.version IS NULL AND a_outcome[e.item] = 'posted';
    END IF;
  END IF;
  RETURN QUERY SELECT t.place::int, t.outcome, t.posted, t.business, t.effective, t.account_id, t.wanted, t.available
  FROM unnest(a_outcome, a_posted, a_business, a_effective, a_account, a_wanted, a_available)
    WITH ORDINALITY AS t (outcome, posted, business, effective, account_id, wanted, available, place);
END $$;
