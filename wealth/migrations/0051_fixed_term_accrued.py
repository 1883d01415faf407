"""What a lot accrued, for statements over many: `wealth.rules.fixed.accrued_fen`, held to it by tests. Interest of a period that is not over
is simple; whole fen, rounded down."""

from django.db import migrations

ACCRUED = """
CREATE FUNCTION fixed_term_accrued(
    principal_fen bigint, rate_bp integer, day_count varchar, starts_on date, until date, every_months smallint
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH months AS (
        SELECT CASE WHEN every_months IS NULL OR until <= starts_on THEN 0 ELSE
            (extract(year FROM until)::int - extract(year FROM starts_on)::int) * 12
            + extract(month FROM until)::int - extract(month FROM starts_on)::int END AS gone
    ), periods AS (
        SELECT CASE WHEN gone = 0 THEN 0
            ELSE (gone - ((starts_on + make_interval(months => gone))::date > until)::int) / every_months END AS number FROM months
    ), since AS (
        SELECT number, (starts_on + make_interval(months => number * coalesce(every_months, 0)))::date AS day FROM periods
    ), counted AS (
        SELECT number, CASE WHEN day_count = '30e_360' THEN
            360 * (extract(year FROM until)::int - extract(year FROM day)::int)
            + 30 * (extract(month FROM until)::int - extract(month FROM day)::int)
            + least(extract(day FROM until)::int, 30) - least(extract(day FROM day)::int, 30)
        ELSE until - day END AS days FROM since
    )
    SELECT CASE WHEN until <= starts_on OR principal_fen = 0 THEN 0 ELSE div(
        principal_fen::numeric * (120000 + rate_bp * coalesce(every_months, 0))::numeric ^ number
            * (10000 * (CASE WHEN day_count = 'act_365f' THEN 365 ELSE 360 END) + rate_bp * days)
        - principal_fen::numeric * 120000::numeric ^ number * 10000 * (CASE WHEN day_count = 'act_365f' THEN 365 ELSE 360 END),
        120000::numeric ^ number * 10000 * (CASE WHEN day_count = 'act_365f' THEN 365 ELSE 360 END)
    )::bigint END FROM counted
$$
"""


class Migration(migrations.Migration):
    dependencies = [("wealth", "0050_fixed_term")]
    operations = [migrations.RunSQL(ACCRUED, "DROP FUNCTION fixed_term_accrued")]
