"""The trading calendar's first load (`manage.py load_calendar` and the daily task keep it up to date) and the roles of operators, as groups,
whose rights are in core/desk/roles.py."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.business_day.calendar import facts
from core.first_rows import take_back

ROLES = ("support", "risk", "finance_maker", "finance_checker", "marketing", "auditor")


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    day, group = apps.get_model("core", "TradingDay"), apps.get_model("auth", "Group")
    known = [
        day(exchange=fact.exchange, day=fact.day, is_open=fact.is_open, source=fact.source, note=fact.note) for fact in facts()
    ]
    day.objects.using(schema.connection.alias).bulk_create(known, batch_size=5000)
    for name in ROLES:
        group.objects.get_or_create(name=name)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()
    take_back(schema, apps.get_model("core", "TradingDay").objects.using(schema.connection.alias).all())


class Migration(migrations.Migration):
    replaces = [("core", "0004_trading_days")]
    dependencies = [("core", "0007_clock_and_audit_rights")]
    operations = [migrations.RunPython(load, unload)]
