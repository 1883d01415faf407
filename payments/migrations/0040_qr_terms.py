"""The first terms of codes: a shown code lives a minute, ten a minute, five minutes to confirm; 500 yuan a day by printed codes."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)


def load(apps, schema_editor):
    apps.get_model("payments", "QrTerms").objects.create(
        starts_at=STARTS_AT, code_seconds=60, codes_per_minute=10, confirm_minutes=5, wrong_per_hour=2000, static_fen_per_day=50_000
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "QrTerms").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0039_qr")]
    operations = [migrations.RunPython(load, unload)]
