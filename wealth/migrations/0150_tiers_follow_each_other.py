"""The database too refuses tiers with a gap, an overlap or an end: `require_contiguous` of wealth.rules.fixed, said once more."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION fixed_term_tiers_follow(tiers jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN jsonb_typeof(tiers) = 'array' THEN jsonb_array_length(tiers) > 0 AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(tiers) WITH ORDINALITY AS t (tier, place)
    WHERE coalesce((tier->>'at_least')::bigint, -1) < 0
        OR (place > 1 AND (tier->>'at_least')::bigint IS DISTINCT FROM (tiers->(place::integer - 2)->>'below')::bigint)
        OR (place < jsonb_array_length(tiers)) = ((tier->>'below') IS NULL)
        OR (tier->>'below')::bigint <= (tier->>'at_least')::bigint
) ELSE false END
$$
"""
CHECK = """
ALTER TABLE wealth_productversion ADD CONSTRAINT wealth_version_tiers
    CHECK (NOT terms ? 'tiers' OR fixed_term_tiers_follow(terms->'tiers')) NOT VALID;
ALTER TABLE wealth_productversion VALIDATE CONSTRAINT wealth_version_tiers
"""


class Migration(migrations.Migration):
    dependencies = [("wealth", "0120_accrued_by_steps")]
    operations = [
        migrations.RunSQL(FOLLOW, "DROP FUNCTION fixed_term_tiers_follow(jsonb)"),
        migrations.RunSQL(CHECK, "ALTER TABLE wealth_productversion DROP CONSTRAINT wealth_version_tiers"),
    ]
