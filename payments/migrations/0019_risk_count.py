"""Counting an act in fewer statements: the rows are locked, turned and summed in one pass, and the rules are read once."""

from django.db import migrations

from payments.risk.sql import load

DROP_TOTAL = """
DROP FUNCTION payments_risk_count;
DROP FUNCTION payments_risk_total;
"""
SUM = load("rings")[load("rings").index("CREATE FUNCTION payments_risk_sum") : load("rings").index("-- The rules in force")]


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_risk_words")]
    operations = [
        migrations.RunSQL(load("count"), DROP_TOTAL),
        migrations.RunSQL("DROP FUNCTION payments_risk_take", load("take")),
        migrations.RunSQL("DROP FUNCTION payments_risk_sum", SUM),
    ]
