"""The first terms of red packets: shares of 200.00 at most, 100 of them, taken within 24 hours, 100 packets a day."""

from datetime import UTC, datetime

from django.db import migrations

from core.first_rows import take_back

STARTS_AT = datetime(2016, 7, 1, tzinfo=UTC)


def load(apps, schema_editor):
    apps.get_model("payments", "RedPacketTerms").objects.create(
        starts_at=STARTS_AT, share_most_fen=20_000, count_most=100, life_hours=24, per_day=100
    )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "RedPacketTerms").objects.filter(starts_at=STARTS_AT))


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_red_packets")]
    operations = [migrations.RunPython(load, unload)]
