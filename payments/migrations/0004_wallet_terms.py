"""The wallet's first terms, which an operator follows with others: 10,000.00 free a month, then 0.10 % from 0.10 to 25.00."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)


def load(apps, schema_editor):
    apps.get_model("payments", "WalletTerms").objects.create(
        starts_at=STARTS_AT, free_fen_per_month=1_000_000, fee_bp=10, fee_min_fen=10, fee_cap_fen=2_500, acceptance_hours=24, top_up_hours=24
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "WalletTerms").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_breaker_rules")]
    operations = [migrations.RunPython(load, unload)]
