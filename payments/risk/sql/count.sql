-- The sum of a ring.
CREATE FUNCTION payments_risk_total(ring bigint[]) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  slot bigint;
  total bigint := 0;
BEGIN
  FOREACH slot IN ARRAY ring LOOP total := total + slot; END LOOP;
  RETURN total;
END
$$;

-- Count an act and tell what it comes to: the rules in force for its scene and the customer's tallies by scene with this act in them
-- (JSON both), and since when and how much the payee was paid.
--
-- The customer is locked to the end of the transaction, before any row is read, so that acts at once are counted one after the other,
-- whichever scenes they are of; a rollback forgets the act. Locking the rows alone would not do: who waits for one of them has not seen
-- the first act of another scene that the one before it wrote.
CREATE FUNCTION payments_risk_count(
  who uuid, act varchar, amount bigint, moment timestamptz, paid uuid,
  OUT rules text, OUT tallies text, OUT payee_since double precision, OUT payee_fen bigint
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  tally payments_risktally;
  parts text[] := '{}';
  near bigint;
  minutes bigint;
  hours bigint;
  days bigint;
  times bigint;
  fen bigint;
BEGIN
  SELECT coalesce(json_agg(rule), '[]')::text, coalesce(max(CASE WHEN rule.kind = 'just_under_limit'
    AND amount BETWEEN rule.amount_fen - rule.amount_fen * rule.share_bp / 10000 AND rule.amount_fen THEN 1 ELSE 0 END), 0)
  INTO rules, near FROM (
    SELECT id, code, kind, verdict, scenes, factors, amount_fen, "window", most, found.hours, from_hour, to_hour, share_bp
    FROM payments_risk_rules(act, moment) AS found
  ) AS rule;

  PERFORM pg_advisory_xact_lock(hashtextextended(who::text, 1919513451));
  IF NOT EXISTS (SELECT FROM payments_risktally WHERE customer_id = who AND scene = act) THEN
    INSERT INTO payments_risktally
      (id, customer_id, scene, hour_counts, hour_sums, day_counts, day_sums, week_counts, week_sums, near_counts, last_at)
    VALUES (gen_random_uuid(), who, act, array_fill(0, ARRAY[13]), array_fill(0, ARRAY[13]), array_fill(0, ARRAY[25]),
      array_fill(0, ARRAY[25]), array_fill(0, ARRAY[8]), array_fill(0, ARRAY[8]), array_fill(0, ARRAY[25]), moment)
    ON CONFLICT DO NOTHING;
  END IF;

  FOR tally IN SELECT * FROM payments_risktally WHERE customer_id = who ORDER BY scene FOR NO KEY UPDATE LOOP
    minutes := payments_risk_slot(moment, 300) - payments_risk_slot(tally.last_at, 300);
    hours := payments_risk_slot(moment, 3600) - payments_risk_slot(tally.last_at, 3600);
    days := payments_risk_slot(moment, 86400) - payments_risk_slot(tally.last_at, 86400);
    times := CASE WHEN tally.scene = act THEN 1 ELSE 0 END;
    fen := amount * times;
    tally.hour_counts := payments_risk_turn(tally.hour_counts, minutes, times);
    tally.hour_sums := payments_risk_turn(tally.hour_sums, minutes, fen);
    tally.day_counts := payments_risk_turn(tally.day_counts, hours, times);
    tally.day_sums := payments_risk_turn(tally.day_sums, hours, fen);
    tally.week_counts := payments_risk_turn(tally.week_counts, days, times);
    tally.week_sums := payments_risk_turn(tally.week_sums, days, fen);
    tally.near_counts := payments_risk_turn(tally.near_counts, hours, near * times);
    IF times > 0 THEN
      UPDATE payments_risktally SET hour_counts = tally.hour_counts, hour_sums = tally.hour_sums, day_counts = tally.day_counts,
        day_sums = tally.day_sums, week_counts = tally.week_counts, week_sums = tally.week_sums, near_counts = tally.near_counts,
        last_at = greatest(last_at, moment)
      WHERE id = tally.id;
    END IF;
    parts := parts || format('"%s": [%s, %s, %s, %s, %s, %s, %s]', tally.scene,
      payments_risk_total(tally.hour_counts), payments_risk_total(tally.hour_sums), payments_risk_total(tally.day_counts),
      payments_risk_total(tally.day_sums), payments_risk_total(tally.week_counts), payments_risk_total(tally.week_sums),
      payments_risk_total(tally.near_counts));
  END LOOP;
  tallies := '{' || array_to_string(parts, ', ') || '}';

  IF paid IS NOT NULL THEN
    INSERT INTO payments_riskpayee AS known (id, customer_id, payee, first_at, total_fen)
    VALUES (gen_random_uuid(), who, paid, moment, amount)
    ON CONFLICT (customer_id, payee) DO UPDATE SET total_fen = known.total_fen + EXCLUDED.total_fen
    WHERE known.first_at > moment - interval '30 days'
    RETURNING extract(epoch FROM first_at), total_fen INTO payee_since, payee_fen;
    IF NOT FOUND THEN
      SELECT extract(epoch FROM first_at), total_fen INTO payee_since, payee_fen
      FROM payments_riskpayee WHERE customer_id = who AND payee = paid;
    END IF;
  END IF;
END
$$;
