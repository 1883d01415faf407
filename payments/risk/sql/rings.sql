-- The number of a slot of so many seconds that an instant is in.
CREATE FUNCTION payments_risk_slot(moment timestamptz, seconds bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT floor(extract(epoch FROM moment) / seconds)::bigint
$$;

-- A ring turned by so many slots, with something added to its newest. Time that goes back counts into the newest slot.
CREATE FUNCTION payments_risk_turn(ring bigint[], slots bigint, added bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
  WHEN slots <= 0 THEN ring[:cardinality(ring) - 1] || (ring[cardinality(ring)] + added)
  WHEN slots >= cardinality(ring) THEN array_fill(0::bigint, ARRAY[cardinality(ring) - 1]) || added
  ELSE ring[slots::int + 1:] || array_fill(0::bigint, ARRAY[slots::int - 1]) || added
END
$$;

-- The rules in force at an instant for a scene: of each code the latest row, if it is on.
CREATE FUNCTION payments_risk_rules(wanted varchar, moment timestamptz) RETURNS SETOF payments_riskrule
LANGUAGE sql STABLE AS $$
SELECT * FROM (
  SELECT DISTINCT ON (code) * FROM payments_riskrule WHERE starts_at <= moment ORDER BY code, starts_at DESC
) AS latest
WHERE active AND wanted = ANY(scenes)
$$;
