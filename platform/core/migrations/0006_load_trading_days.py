"""The trading calendar's first load; `manage.py load_calendar` and the daily task keep it up to date."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.business_day.calendar import facts


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    day = apps.get_model("core", "TradingDay")
    known = [
        day(exchange=fact.exchange, day=fact.day, is_open=fact.is_open, source=fact.source, note=fact.note) for fact in facts()
    ]
    day.objects.using(schema.connection.alias).bulk_create(known, batch_size=5000)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_work_items_and_kept_days")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
