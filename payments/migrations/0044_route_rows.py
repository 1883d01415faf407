"""The sandbox bank's first routes: it signs cards and takes payments for 0.20 % of the amount."""

from datetime import UTC, date, datetime

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id

ROUTES = [("pay", 20), ("sign_start", 0)]


def load(apps, schema_editor):
    rule = apps.get_model("payments", "RouteRule")
    for operation, cost_bp in ROUTES:
        rule.objects.create(
            id=new_id(),
            channel_id="sandbox_bank",
            operation=operation,
            cost_bp=cost_bp,
            effective_on=date(2020, 1, 1),
            created_at=datetime(2020, 1, 1, tzinfo=UTC),
        )


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "RouteRule").objects.all())


class Migration(migrations.Migration):
    dependencies = [("payments", "0043_routing")]
    operations = [migrations.RunPython(load, unload)]
