"""The first terms of disputes: open for 180 days after a payment, seven days to answer."""

from datetime import date

from django.db import migrations

from core.first_rows import take_back

EFFECTIVE_ON = date(2016, 7, 1)


def load(apps, schema_editor):
    apps.get_model("payments", "DisputeTerms").objects.create(effective_on=EFFECTIVE_ON, open_days=180, answer_days=7)


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "DisputeTerms").objects.filter(effective_on=EFFECTIVE_ON))


class Migration(migrations.Migration):
    dependencies = [("payments", "0037_disputes")]
    operations = [migrations.RunPython(load, unload)]
