from django.db import migrations

from accounts.ledger.sql import load

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
MONTHS = "SELECT ledger_make_month((date_trunc('month', now()) + ahead * interval '1 month')::date) FROM generate_series(0, 3) AS ahead"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_ledger_days")]

    operations = [
        migrations.RunSQL(load("v0001_seal"), DROP_SEAL),
        migrations.RunSQL(load("v0001_roles"), "DROP FUNCTION ledger_grant"),
        migrations.RunSQL(MONTHS, migrations.RunSQL.noop),
    ]
