"""The sandbox bank's first terms: 0.2 % of each payment, up to 2 fen off, a missing line carried for one day."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back

FIRST_DAY = date(2020, 1, 1)


def load(apps, schema_editor):
    apps.get_model("payments", "ReconTerms").objects.create(
        channel_id="sandbox_bank",
        effective_on=FIRST_DAY,
        fee_bp=20,
        fee_tolerance_fen=2,
        carry_days=1,
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "ReconTerms").objects.filter(channel_id="sandbox_bank", effective_on=FIRST_DAY))


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_reconciliation")]
    operations = [migrations.RunPython(load, unload)]
