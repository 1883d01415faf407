from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from core.first_rows import take_back

STARTS_ON = date(2020, 1, 1)
FIRST = {"wealth.insurance_claims": 10}


def load(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    cap = apps.get_model("core", "Cap")
    rows = [cap(name=name, value=value, starts_on=STARTS_ON) for name, value in FIRST.items()]
    cap.objects.using(schema.connection.alias).bulk_create(rows)


def unload(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    first = apps.get_model("core", "Cap").objects.using(schema.connection.alias).filter(starts_on=STARTS_ON, name__in=FIRST)
    take_back(schema, first)


class Migration(migrations.Migration):
    dependencies = [("core", "0014_first_caps_of_external_wallets"), ("wealth", "0151_claims_of_lapsed_policies")]
    operations = [migrations.RunPython(load, unload)]
