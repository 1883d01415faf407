"""The sandbox bank's first breaker thresholds: half of at least 20 calls within a minute bad, 30 s of rest, 30 s for the call that tries."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back

FIRST_DAY = date(2020, 1, 1)


def load(apps, schema_editor):
    apps.get_model("payments", "BreakerRule").objects.create(
        channel_id="sandbox_bank",
        effective_on=FIRST_DAY,
        window_s=60,
        least_calls=20,
        bad_share_bp=5_000,
        open_s=30,
        probe_s=30,
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "BreakerRule").objects.filter(channel_id="sandbox_bank", effective_on=FIRST_DAY))


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_sandbox_bank_rows")]
    operations = [migrations.RunPython(load, unload)]
