from django.db import migrations

from accounts.ledger.sql import load

DROP = """
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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_ledger_batches"), ("core", "0003_kernel_days_and_limits")]

    operations = [migrations.RunSQL(load("v0001_days"), DROP)]
