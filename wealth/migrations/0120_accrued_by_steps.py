"""The same function in steps: as one statement with parts of its own it was set up anew for every call, a hundred times the work. Held to
`wealth.rules.fixed.accrued_fen` by tests as before."""

from importlib import import_module

from django.db import migrations

BY_STEPS = """
CREATE OR REPLACE FUNCTION fixed_term_accrued(
    principal_fen bigint, rate_bp integer, day_count varchar, starts_on date, until date, every_months smallint
) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    year integer := CASE WHEN day_count = 'act_365f' THEN 365 ELSE 360 END;
    number integer := 0;
    since date := starts_on;
    days integer;
    grown numeric;
    unit numeric;
BEGIN
    IF until <= starts_on OR principal_fen = 0 THEN
        RETURN 0;
    END IF;
    IF every_months IS NOT NULL THEN
        number := (extract(year FROM until)::int - extract(year FROM starts_on)::int) * 12
            + extract(month FROM until)::int - extract(month FROM starts_on)::int;
        number := (number - ((starts_on + make_interval(months => number))::date > until)::int) / every_months;
        since := (starts_on + make_interval(months => number * every_months))::date;
    END IF;
    IF day_count = '30e_360' THEN
        days := 360 * (extract(year FROM until)::int - extract(year FROM since)::int)
            + 30 * (extract(month FROM until)::int - extract(month FROM since)::int)
            + least(extract(day FROM until)::int, 30) - least(extract(day FROM since)::int, 30);
    ELSE
        days := until - since;
    END IF;
    IF number = 0 THEN
        RETURN div(principal_fen::numeric * rate_bp * days, 10000 * year);
    END IF;
    unit := 120000::numeric ^ number * 10000 * year;
    grown := principal_fen::numeric * (120000 + rate_bp * every_months)::numeric ^ number * (10000 * year + rate_bp * days);
    RETURN div(grown - principal_fen::numeric * unit, unit);
END
$$
"""
BEFORE = import_module("wealth.migrations.0051_fixed_term_accrued").ACCRUED.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("wealth", "0061_first_caps_of_transfers")]
    operations = [migrations.RunSQL(BY_STEPS, BEFORE)]
