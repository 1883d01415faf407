-- Count an act and tell what it comes to, as JSON: the customer's tallies by scene with this act in them, and the payee.
--
-- The customer's rows are locked to the end of the transaction, so that acts at once are counted one after the other, whichever scenes
-- they are of; a rollback forgets the act. Only a customer's first act of a scene takes the advisory lock, and before any row: of two
-- first acts in two scenes neither would find a row of the other's to wait for.
CREATE FUNCTION payments_risk_take(who uuid, act varchar, amount bigint, moment timestamptz, paid uuid) RETURNS json
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  near bigint;
  since timestamptz;
  total bigint;
BEGIN
  near := CASE WHEN EXISTS (
    SELECT FROM payments_risk_rules(act, moment) AS rule
    WHERE rule.kind = 'just_under_limit'
      AND amount BETWEEN rule.amount_fen - rule.amount_fen * rule.share_bp / 10000 AND rule.amount_fen
  ) THEN 1 ELSE 0 END;

  IF NOT EXISTS (SELECT FROM payments_risktally WHERE customer_id = who AND scene = act) THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(who::text, 1919513451));
    INSERT INTO payments_risktally
      (id, customer_id, scene, hour_counts, hour_sums, day_counts, day_sums, week_counts, week_sums, near_counts, last_at)
    VALUES (gen_random_uuid(), who, act, array_fill(0, ARRAY[13]), array_fill(0, ARRAY[13]), array_fill(0, ARRAY[25]),
      array_fill(0, ARRAY[25]), array_fill(0, ARRAY[8]), array_fill(0, ARRAY[8]), array_fill(0, ARRAY[25]), moment)
    ON CONFLICT DO NOTHING;
  END IF;
  PERFORM FROM payments_risktally WHERE customer_id = who ORDER BY scene FOR NO KEY UPDATE;
  UPDATE payments_risktally SET
    hour_counts = payments_risk_turn(hour_counts, payments_risk_slot(moment, 300) - payments_risk_slot(last_at, 300), 1),
    hour_sums = payments_risk_turn(hour_sums, payments_risk_slot(moment, 300) - payments_risk_slot(last_at, 300), amount),
    day_counts = payments_risk_turn(day_counts, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600), 1),
    day_sums = payments_risk_turn(day_sums, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600), amount),
    week_counts = payments_risk_turn(week_counts, payments_risk_slot(moment, 86400) - payments_risk_slot(last_at, 86400), 1),
    week_sums = payments_risk_turn(week_sums, payments_risk_slot(moment, 86400) - payments_risk_slot(last_at, 86400), amount),
    near_counts = payments_risk_turn(near_counts, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600), near),
    last_at = greatest(last_at, moment)
  WHERE customer_id = who AND scene = act;

  IF paid IS NOT NULL THEN
    INSERT INTO payments_riskpayee AS known (id, customer_id, payee, first_at, total_fen)
    VALUES (gen_random_uuid(), who, paid, moment, amount)
    ON CONFLICT (customer_id, payee) DO UPDATE SET total_fen = known.total_fen + EXCLUDED.total_fen
    WHERE known.first_at > moment - interval '30 days'
    RETURNING first_at, total_fen INTO since, total;
    IF NOT FOUND THEN
      SELECT first_at, total_fen INTO since, total FROM payments_riskpayee WHERE customer_id = who AND payee = paid;
    END IF;
  END IF;

  RETURN json_build_object(
    'payee_since', extract(epoch FROM since), 'payee_fen', total,
    'tallies', (
      SELECT json_object_agg(scene, json_build_array(
        payments_risk_sum(hour_counts, payments_risk_slot(moment, 300) - payments_risk_slot(last_at, 300)),
        payments_risk_sum(hour_sums, payments_risk_slot(moment, 300) - payments_risk_slot(last_at, 300)),
        payments_risk_sum(day_counts, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600)),
        payments_risk_sum(day_sums, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600)),
        payments_risk_sum(week_counts, payments_risk_slot(moment, 86400) - payments_risk_slot(last_at, 86400)),
        payments_risk_sum(week_sums, payments_risk_slot(moment, 86400) - payments_risk_slot(last_at, 86400)),
        payments_risk_sum(near_counts, payments_risk_slot(moment, 3600) - payments_risk_slot(last_at, 3600))
      )) FROM payments_risktally WHERE customer_id = who
    )
  );
END
$$;
