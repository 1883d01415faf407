"""The ledger's functions and views, and what keeps the seals as they are."""

from django.db import migrations

from accounts.ledger.sql import load

DROP_POST = """
DROP FUNCTION ledger_reverse;
DROP FUNCTION ledger_post;
DROP FUNCTION ledger_seen;
"""
DROP_DAYS = """
DROP FUNCTION ledger_balance_at;
DROP FUNCTION ledger_balance_on;
DROP FUNCTION ledger_roll;
DROP VIEW ledger_gl;
DROP FUNCTION ledger_gl_code;
DROP VIEW ledger_live;
DROP FUNCTION ledger_live_from;
DROP FUNCTION ledger_range;
DROP FUNCTION ledger_barrier;
"""
DROP_SEAL = """
DROP TRIGGER ledger_never_emptied ON ledger_sealmanifest;
DROP TRIGGER ledger_never_emptied ON ledger_sealblock;
DROP TRIGGER ledger_only_grows ON ledger_sealmanifest;
DROP TRIGGER ledger_only_grows ON ledger_sealblock;
DROP FUNCTION ledger_broken_seals;
DROP FUNCTION ledger_seal;
DROP FUNCTION ledger_watermark;
DROP FUNCTION ledger_block_hash;
DROP FUNCTION ledger_hash;
"""


class Migration(migrations.Migration):
    replaces = [("accounts", "0003_ledger_functions")]
    dependencies = [("accounts", "0010_ledger")]

    operations = [
        migrations.RunSQL(load("open"), "DROP FUNCTION ledger_open"),
        migrations.RunSQL(load("post"), DROP_POST),
        migrations.RunSQL(load("hold"), "DROP FUNCTION ledger_end_hold; DROP FUNCTION ledger_hold"),
        migrations.RunSQL(load("post_many"), "DROP FUNCTION ledger_post_many"),
        migrations.RunSQL(load("capture_all"), "DROP FUNCTION ledger_capture_all"),
        migrations.RunSQL(load("fold"), "DROP FUNCTION ledger_fold"),
        migrations.RunSQL(load("days"), DROP_DAYS),
        migrations.RunSQL(load("seal"), DROP_SEAL),
        migrations.RunSQL(load("unbroken_days"), "DROP FUNCTION ledger_mark_unbroken"),
        migrations.RunSQL(load("roles"), "DROP FUNCTION ledger_grant"),
    ]
