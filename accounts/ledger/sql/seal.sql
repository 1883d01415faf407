-- The hash of one journal: over everything it says, in a form that has one spelling.
CREATE FUNCTION ledger_hash(j ledger_journal) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    j.id, j.event, j.business_on, j.effective_on, (extract(epoch FROM j.posted_at) * 1000000)::bigint, j.accounts, j.amounts, j.assets,
    j.reference, j.reverses, j.hold_id, j.metadata, j.transaction, j.shard
  )::text, 'UTF8'))
$$;

-- The hash of a block: over the block before, its number, its range and its rows' hashes.
CREATE FUNCTION ledger_block_hash(p_previous bytea, p_number bigint, p_from bigint, p_to bigint, p_ids uuid[], p_hashes bytea[])
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(p_previous || convert_to(jsonb_build_array(p_number, p_from, p_to, p_ids)::text, 'UTF8')
    || coalesce((SELECT string_agg(hash, ''::bytea ORDER BY place) FROM unnest(p_hashes) WITH ORDINALITY AS row_hash (hash, place)), ''::bytea))
$$;

-- The first transaction number that may still write in this database: everything below has committed or is gone.
-- Transactions running in other databases of the server have numbers too, but cannot write here.
CREATE FUNCTION ledger_watermark() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT least(
    pg_snapshot_xmax(s.snapshot)::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint,
    (
      SELECT min(running::text::bigint) FROM pg_snapshot_xip(s.snapshot) AS running
      WHERE NOT EXISTS (
        SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid::text::bigint = running::text::bigint & 4294967295
          AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.mode = 'ExclusiveLock'
      )
    )
  ) FROM (SELECT pg_current_snapshot() AS snapshot) AS s
$$;

-- Seals up to p_limit journals (whole transactions) that can no longer be joined by others: those of transactions below
-- the oldest one still running. Returns how many.
CREATE FUNCTION ledger_seal(p_limit integer, p_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last ledger_sealblock;
  low bigint;
  high bigint;
  ids uuid[];
  hashes bytea[];
  previous bytea;
BEGIN
  LOCK TABLE ledger_sealblock IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO last FROM ledger_sealblock ORDER BY number DESC LIMIT 1;
  low := coalesce(last.to_transaction, 0);
  high := ledger_watermark();
  SELECT coalesce(max(q.transaction) + 1, high) INTO high FROM (
    SELECT transaction FROM ledger_journal WHERE transaction >= low AND transaction < high ORDER BY transaction OFFSET p_limit - 1 LIMIT 1
  ) AS q;
  SELECT array_agg(q.id), array_agg(q.hash) INTO ids, hashes FROM (
    SELECT id, ledger_hash(j) AS hash FROM ledger_journal j WHERE transaction >= low AND transaction < high ORDER BY transaction, id
  ) AS q;
  IF ids IS NULL THEN
    RETURN 0;
  END IF;
  previous := coalesce(last.hash, sha256(''::bytea));
  INSERT INTO ledger_sealblock (number, from_transaction, to_transaction, journal_ids, row_hashes, previous_hash, hash, sealed_at)
  VALUES (coalesce(last.number, 0) + 1, low, high, ids, hashes, previous,
    ledger_block_hash(previous, coalesce(last.number, 0) + 1, low, high, ids, hashes), p_at);
  RETURN cardinality(ids);
END $$;

-- What is wrong with the seals after a block (0: all of them), first block first, first row first.
CREATE FUNCTION ledger_broken_seals(p_after bigint) RETURNS TABLE (r_block bigint, r_subject text, r_detail text) LANGUAGE sql STABLE AS $$
  WITH chain AS (
    SELECT *, lag(hash, 1, sha256(''::bytea)) OVER w AS expected_hash, lag(to_transaction, 1, 0::bigint) OVER w AS expected_from,
      lag(number, 1, 0::bigint) OVER w + 1 AS expected_number
    FROM ledger_sealblock WHERE number >= p_after WINDOW w AS (ORDER BY number)
  ), sealed AS (
    SELECT b.number, s.place, s.id, s.hash FROM ledger_sealblock b,
      unnest(b.journal_ids, b.row_hashes) WITH ORDINALITY AS s (id, hash, place)
    WHERE b.number > p_after
  ), found AS (
    SELECT j.id, j.transaction, ledger_hash(j) AS hash FROM ledger_journal j
    WHERE j.transaction < (SELECT max(to_transaction) FROM ledger_sealblock)
      AND j.transaction >= coalesce((SELECT to_transaction FROM ledger_sealblock WHERE number = p_after), 0)
  )
  SELECT number, 'block ' || number, 'the block does not follow the one before it, or was changed itself' FROM chain
  WHERE number > p_after AND (number <> expected_number OR from_transaction <> expected_from OR previous_hash <> expected_hash
    OR hash <> ledger_block_hash(previous_hash, number, from_transaction, to_transaction, journal_ids, row_hashes))
  UNION ALL
  SELECT q.number, 'journal ' || q.id, q.detail FROM (
    SELECT coalesce(sealed.number, (SELECT min(b.number) FROM ledger_sealblock b WHERE b.to_transaction > found.transaction)) AS number,
      coalesce(sealed.id, found.id) AS id, coalesce(sealed.place, 0) AS place,
      CASE WHEN found.id IS NULL THEN 'sealed, and gone or moved to another transaction' WHEN sealed.id IS NULL THEN 'slipped in behind the seal'
        ELSE 'changed after it was sealed' END AS detail
    FROM sealed FULL JOIN found ON found.id = sealed.id
    WHERE found.id IS NULL OR sealed.id IS NULL OR found.hash <> sealed.hash
  ) AS q
  ORDER BY 1, 2
$$;

CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger_sealblock FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger_sealmanifest FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_sealblock EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_sealmanifest EXECUTE FUNCTION ledger_refuse_change();
