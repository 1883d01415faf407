"""The trading calendar's first load; `manage.py load_calendar` and the daily task keep it up to date."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.business_day.calendar import facts
from core.first_rows import take_back


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    day = apps.get_model("core", "TradingDay")
    known = [
        day(exchange=fact.exchange, day=fact.day, is_open=fact.is_open, source=fact.source, note=fact.note) for fact in facts()
    ]
    day.objects.using(schema.connection.alias).bulk_create(known, batch_size=5000)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    take_back(schema, apps.get_model("core", "TradingDay").objects.using(schema.connection.alias).all())


class Migration(migrations.Migration):
    dependencies = [("core", "0003_audit_rights")]
    operations = [migrations.RunPython(load, unload)]
