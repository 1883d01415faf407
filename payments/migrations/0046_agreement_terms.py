"""The first terms of agreements: a week to sign, two hours' notice, a try a day, four in all."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)


def load(apps, schema_editor):
    apps.get_model("payments", "AgreementTerms").objects.create(
        starts_at=STARTS_AT, sign_days=7, notice_hours=2, retry_hours=24, tries_most=4
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "AgreementTerms").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0045_agreements")]
    operations = [migrations.RunPython(load, unload)]
