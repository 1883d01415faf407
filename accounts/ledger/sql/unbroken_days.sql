-- Marks the rolled days of a range that follow each other from its last marked day on, up to the first that is not rolled.
CREATE FUNCTION ledger_mark_unbroken(p_range integer) RETURNS integer
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
