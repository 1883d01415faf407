from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

STARTS_ON = date(2020, 1, 1)
FIRST = {
    "wealth.transfer_discount_bp": 1_000,
    "wealth.transfer_least_fen": 10_000,
    "wealth.transfer_reserved": 3,
    "wealth.transfer_lapsed_a_day": 5,
    "wealth.unpaid_orders": 10,
    "wealth.underwriting_again_days": 30,
}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    cap = apps.get_model("core", "Cap")
    rows = [cap(name=name, value=value, starts_on=STARTS_ON) for name, value in FIRST.items()]
    cap.objects.using(schema.connection.alias).bulk_create(rows)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    first = apps.get_model("core", "Cap").objects.using(schema.connection.alias).filter(starts_on=STARTS_ON, name__in=FIRST)
    take_back(schema, first)


class Migration(migrations.Migration):
    dependencies = [("wealth", "0152_first_caps_of_claims")]
    operations = [migrations.RunPython(load, unload)]
