"""Counting acts: rings of slots, and the function that counts an act and tells what it comes to."""

from django.db import migrations

from payments.risk.sql import load

DROP_RINGS = """
DROP FUNCTION payments_risk_rules;
DROP FUNCTION payments_risk_sum;
DROP FUNCTION payments_risk_turn;
DROP FUNCTION payments_risk_slot;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_risk")]
    operations = [
        migrations.RunSQL("ALTER TABLE payments_risktally SET (fillfactor = 50)", "ALTER TABLE payments_risktally RESET (fillfactor)"),
        migrations.RunSQL("ALTER TABLE payments_riskpayee SET (fillfactor = 70)", "ALTER TABLE payments_riskpayee RESET (fillfactor)"),
        migrations.RunSQL(load("rings"), DROP_RINGS),
        migrations.RunSQL(load("take"), "DROP FUNCTION payments_risk_take"),
    ]
