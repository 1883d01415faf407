"""Business time inside the database: the same offset the platform's own clock reads."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT clock_timestamp() + COALESCE((SELECT offset_seconds FROM core_sandboxclock WHERE id = 1), 0) * interval '1 second' $$;
COMMENT ON FUNCTION core_now() IS
'Business time: the wall clock of this server plus the sandbox offset (none in production). VOLATILE because it moves on within a statement.';
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_schema")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION core_now()")]
