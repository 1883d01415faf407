"""Everybody's first settlement terms: what is kept back comes free after 90 days, every settlement needs two people."""

from datetime import date

from django.db import migrations

from core.first_rows import take_back

FIRST_DAY = date(2020, 1, 1)


def load(apps, schema_editor):
    apps.get_model("payments", "SettlementTerms").objects.create(effective_on=FIRST_DAY, reserve_days=90, approved_up_to_fen=0)


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "SettlementTerms").objects.filter(merchant=None, effective_on=FIRST_DAY))


class Migration(migrations.Migration):
    dependencies = [("payments", "0031_settlement")]
    operations = [migrations.RunPython(load, unload)]
