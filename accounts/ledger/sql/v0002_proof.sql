-- Debits and credits per effective day, GL code, role and asset: summed days and live ones together. Grouped before it is
-- mapped (MATERIALIZED): a condition on the code would otherwise look the code up once an entry.
CREATE OR REPLACE VIEW ledger_gl AS
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
