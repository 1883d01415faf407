"""Beside the triggers, the role that migrates gives up the right to change the audit itself (it matters where it is no superuser)."""

from django.db import migrations

TABLES = "core_auditrecord, core_auditblock, core_auditseal"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_core_now")]
    operations = [
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {TABLES} FROM CURRENT_USER, PUBLIC",
            f"GRANT UPDATE, DELETE, TRUNCATE ON {TABLES} TO CURRENT_USER",
        )
    ]
