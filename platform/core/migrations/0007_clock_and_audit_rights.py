"""Business time inside the database, and the audit beyond the reach of the role that migrates."""

from django.db import migrations

CREATE_NOW = """
CREATE FUNCTION core_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT clock_timestamp() + COALESCE((SELECT offset_seconds FROM core_sandboxclock WHERE id = 1), 0) * interval '1 second' $$;
COMMENT ON FUNCTION core_now() IS
'Business time: the wall clock of this server plus the sandbox offset (none in production). VOLATILE because it moves on within a statement.';
"""
AUDIT = "core_auditrecord, core_auditblock, core_auditseal"


class Migration(migrations.Migration):
    """Triggers keep the audit as it is; that the role gives up its right to change it matters where it is no superuser."""

    # The floor's first and its last: a database that stopped between them is refused (ADR 22).
    replaces = [
        ("core", "0001_schema"),
        ("core", "0003_audit_rights"),
        ("core", "0005_roles"),
    ]
    dependencies = [("core", "0006_schema")]
    operations = [
        migrations.RunSQL(CREATE_NOW, "DROP FUNCTION core_now()"),
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {AUDIT} FROM CURRENT_USER, PUBLIC",
            f"GRANT UPDATE, DELETE, TRUNCATE ON {AUDIT} TO CURRENT_USER",
        ),
    ]
