"""The first terms of collects: 100 people at most, three reminders, 20 collects a day, open for 30 days."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)


def load(apps, schema_editor):
    apps.get_model("payments", "CollectTerms").objects.create(
        starts_at=STARTS_AT, people_most=100, reminders_most=3, per_day=20, life_days=30
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "CollectTerms").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0023_collects")]
    operations = [migrations.RunPython(load, unload)]
