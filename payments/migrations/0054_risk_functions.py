"""Counting acts: rings of slots, and the function that counts an act and tells what it comes to."""

from django.db import migrations

from payments.risk.sql import load

DROP_RINGS = """
DROP FUNCTION payments_risk_rules;
DROP FUNCTION payments_risk_turn;
DROP FUNCTION payments_risk_slot;
"""
DROP_COUNT = """
DROP FUNCTION payments_risk_count;
DROP FUNCTION payments_risk_total;
"""


class Migration(migrations.Migration):
    replaces = [("payments", "0014_risk_functions"), ("payments", "0019_risk_count")]
    dependencies = [("payments", "0053_after_the_sale")]
    operations = [
        migrations.RunSQL("ALTER TABLE payments_risktally SET (fillfactor = 50)", "ALTER TABLE payments_risktally RESET (fillfactor)"),
        migrations.RunSQL("ALTER TABLE payments_riskpayee SET (fillfactor = 70)", "ALTER TABLE payments_riskpayee RESET (fillfactor)"),
        migrations.RunSQL(load("rings"), DROP_RINGS),
        migrations.RunSQL(load("count"), DROP_COUNT),
    ]
